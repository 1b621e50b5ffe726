import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client, PutObjectCommand } from '@aws-sdk/client-s3';
import { production } from '../rig/retrain-runs.js';
import { endAll, reprise, startReprise } from '../rig/reprise.js';
import { newData, retrainingProject } from '../rig/retraining.js';
import { describeWithS3, startS3 } from '../rig/s3.js';
import { until } from '../rig/servers.js';

afterEach(endAll);

const QUICK = ['--interval', '0.3', '--debounce', '1'];

const version = (root: string): unknown => {
  try {
    return production(root)['version'];
  } catch {
    return undefined;
  }
};

/** What it has seen is written down. */
const hasLooked = (root: string): Promise<boolean> =>
  until('it has looked', () => {
    const seen = join(root, '.reprise/watch');
    return existsSync(seen) && readdirSync(seen).length === 1;
  });

function post(
  address: string,
  headers: Readonly<Record<string, string>>,
  path = '/new-data',
): Promise<number> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end('{}');
  });
}

describe('reprise watch', () => {
  it('retrains when a file changes, also when it did so while nobody watched', async () => {
    const root = retrainingProject(tmpdir());
    const watching = startReprise(['watch', 'source', ...QUICK], root);
    await until('it watches', () => watching.stdout().includes('watching source'));
    // What is there at the first look is where it begins.
    await hasLooked(root);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(version(root)).toBeUndefined();
    newData(root, 0.6);
    await until('the first is in production', () => version(root) === 1);
    watching.child.kill('SIGTERM');
    expect((await watching.ended).code).toBe(143);

    newData(root, 0.9);
    const again = startReprise(['watch', 'source', ...QUICK], root);
    await until('the second is in production', () => version(root) === 2);
    again.child.kill('SIGINT');
    expect((await again.ended).code).toBe(130);
    expect(readFileSync(join(root, 'trained'), 'utf8')).toBe('run\nrun\n');
  });

  it('takes news by a POST of this host, with its token, and nothing else', async () => {
    const root = retrainingProject(tmpdir());
    const watching = startReprise(['watch', '--listen', '0', '--token-env', 'WATCH_TOKEN', ...QUICK], root, {
      WATCH_TOKEN: 't0ken',
    });
    const address = await until('it listens', () => /http:\S+/.exec(watching.stdout())?.[0]);
    const right = { 'content-type': 'application/json', authorization: 'Bearer t0ken' };
    expect(await post(address, { ...right, authorization: 'Bearer wrong' })).toBe(401);
    expect(await post(address, { authorization: right.authorization })).toBe(415);
    expect(await post(address, { ...right, host: 'evil.example.com' })).toBe(403);
    expect(await post(address, right, '/')).toBe(404);
    expect(await post(address, right)).toBe(202);
    await until('a model is in production', () => version(root) === 1);
    watching.child.kill('SIGTERM');
    const { stdout, stderr } = await watching.ended;
    expect(stdout + stderr).not.toContain('t0ken');
  });

  it('says what cannot be watched', async () => {
    const root = retrainingProject(tmpdir());
    expect(await reprise(['watch'], root)).toMatchObject({ code: 2 });
    expect(await reprise(['watch', 'nowhere'], root)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^nowhere is not there\n {2}fix: /),
    });
    expect(await reprise(['watch', 'gs://bucket'], root)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/cannot be watched/),
    });
    rmSync(root, { recursive: true, force: true });
  });
});

describeWithS3('reprise watch of a bucket', () => {
  it('retrains when an object is new', async () => {
    const server = await startS3();
    try {
      const bucket = server.makeBucket();
      const options = server.options(bucket);
      const credentials = {
        accessKeyId: options.accessKeyId ?? '',
        secretAccessKey: options.secretAccessKey ?? '',
      };
      const endpoint = options.endpointUrl ?? '';
      const client = new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true });
      const root = retrainingProject(tmpdir());
      const watching = startReprise(['watch', `s3://${bucket}/incoming`, ...QUICK], root, {
        AWS_ENDPOINT_URL: endpoint,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_REGION: 'us-east-1',
      });
      await until('it watches', () => watching.stdout().includes('watching s3://'));
      await hasLooked(root);
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'incoming/day-1.csv', Body: 'x' }));
      await until('a model is in production', () => version(root) === 1);
      expect(watching.stdout()).not.toContain('could not be looked at');
      client.destroy();
    } finally {
      await server.stop();
    }
  });
});
