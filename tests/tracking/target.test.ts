import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { trackingTarget } from '../../tracking/index.js';
import { withoutCredentials } from '../../tracking/facts/describe-source.js';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('where runs go', () => {
  it('is the given folder where nothing is configured, and what MLFLOW_TRACKING_URI names otherwise', () => {
    expect(trackingTarget('/p/experiments/mlruns', {})).toEqual({
      kind: 'files',
      folder: '/p/experiments/mlruns',
      uri: 'file:///p/experiments/mlruns',
    });
    const folder = (uri: string): unknown => trackingTarget('/p', { MLFLOW_TRACKING_URI: uri });
    expect(folder('file:///srv/ml%20runs')).toMatchObject({ kind: 'files', folder: '/srv/ml runs' });
    expect(folder('mlruns')).toMatchObject({
      folder: resolve('mlruns'),
      uri: pathToFileURL(resolve('mlruns')).href,
    });
  });

  it('has a server with its credentials, which are no part of its name', () => {
    const server = (uri: string, env: object = {}): unknown =>
      trackingTarget('/p', { MLFLOW_TRACKING_URI: uri, ...env });
    expect(server('https://ml.example.com/base/')).toEqual({
      kind: 'server',
      uri: 'https://ml.example.com/base',
      authorization: undefined,
      insecure: false,
      authority: undefined,
      clientCertificate: undefined,
    });
    expect(server('http://me:p%40ss@h:5000')).toMatchObject({
      uri: 'http://h:5000',
      authorization: basic('me:p@ss'),
    });
    const named = { MLFLOW_TRACKING_USERNAME: 'me', MLFLOW_TRACKING_PASSWORD: 'pass' };
    expect(server('http://h', named)).toMatchObject({ authorization: basic('me:pass') });
    expect(server('http://h', { MLFLOW_TRACKING_TOKEN: 't' })).toMatchObject({ authorization: 'Bearer t' });
    expect(server('https://h', { MLFLOW_TRACKING_INSECURE_TLS: 'true' })).toMatchObject({ insecure: true });
  });

  it.each(['sqlite:///x.db', 'databricks://profile', 'file://host/x', 'http://'])('is not %s', (uri) => {
    expect(() => trackingTarget('/p', { MLFLOW_TRACKING_URI: uri })).toThrow(
      expect.objectContaining({ code: 'bad-tracking-uri', fix: expect.any(String) }),
    );
  });

  it('shows repositories without credentials', () => {
    expect(withoutCredentials('https://me:token@github.com/a/b.git')).toBe('https://github.com/a/b.git');
    expect(withoutCredentials('https://token@github.com/a/b@c')).toBe('https://github.com/a/b@c');
    expect(withoutCredentials('https://me:p@ss@github.com/a/b.git')).toBe('https://github.com/a/b.git');
    expect(withoutCredentials('git@github.com:a/b.git')).toBe('git@github.com:a/b.git');
  });
});
