import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveTarget } from '../../../cli/connection/index.js';

const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('TEMPORAL_')));
const folder = mkdtempSync(join(tmpdir(), 'reprise-target-'));

function settings(toml: string, env: Readonly<Record<string, string>> = {}): void {
  const file = join(folder, 'temporal.toml');
  writeFileSync(file, toml);
  Object.assign(process.env, { TEMPORAL_CONFIG_FILE: file, ...env });
}

beforeEach(() => {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('TEMPORAL_')) Reflect.deleteProperty(process.env, name);
  }
});
afterAll(() => {
  Object.assign(process.env, kept);
});

const TOML = `
[profile.default]
address = "file.example:7233"
namespace = "from-file"
[profile.cloud]
address = "ns.acct.tmprl.cloud:7233"
namespace = "ns.acct"
api_key = "secret"
[profile.tls]
address = "tls.example:7233"
[profile.tls.tls]
server_name = "inner.example"
`;

describe('resolveTarget', () => {
  it('uses the server of the project when no address is set anywhere', () => {
    settings('[profile.default]\nnamespace = "only"\n');
    expect(resolveTarget({})).toEqual({ kind: 'embedded' });
  });

  it('takes options before the environment before temporal.toml', () => {
    settings(TOML);
    expect(resolveTarget({})).toMatchObject({
      kind: 'remote',
      address: 'file.example:7233',
      namespace: 'from-file',
    });
    settings(TOML, { TEMPORAL_ADDRESS: 'env.example:7233' });
    expect(resolveTarget({})).toMatchObject({ address: 'env.example:7233', namespace: 'from-file' });
    expect(resolveTarget({ address: 'flag.example:7233', namespace: 'flag' })).toMatchObject({
      address: 'flag.example:7233',
      namespace: 'flag',
      options: { address: 'flag.example:7233' },
    });
  });

  it('lets an empty variable unset the address of temporal.toml', () => {
    settings(TOML, { TEMPORAL_ADDRESS: '' });
    expect(resolveTarget({})).toEqual({ kind: 'embedded' });
  });

  it('brings the API key and TLS of a profile', () => {
    settings(TOML);
    expect(resolveTarget({ profile: 'cloud' })).toMatchObject({
      namespace: 'ns.acct',
      options: { apiKey: 'secret', tls: true },
    });
    expect(resolveTarget({ profile: 'tls' })).toMatchObject({
      options: { tls: { serverNameOverride: 'inner.example' } },
    });
  });

  it('says what is wrong with a file or a profile', () => {
    settings('not toml [');
    expect(() => resolveTarget({})).toThrow(
      expect.objectContaining({ code: 'bad-temporal-config' }) as Error,
    );
    settings(TOML);
    expect(() => resolveTarget({ profile: 'nope' })).toThrow(/nope/);
  });
});
