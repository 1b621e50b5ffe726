import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Options } from '../../storage/index.js';
import { freePort } from './free-port.js';

/** The S3 server that the set-up of the tests puts into the cache folder and names here. */
const executable = process.env.VERSITYGW_PATH;

/**
 * A suite that needs a real S3 server. Without one it is skipped, by name; in CI it fails instead, so that a broken set-up cannot
 * pass for success.
 */
export function describeWithS3(name: string, suite: () => void): void {
  if (executable) describe(name, suite);
  else if (process.env.CI)
    describe(name, () => {
      it('finds an S3 server', () => {
        throw new Error('VERSITYGW_PATH is not set: it must name the versitygw executable');
      });
    });
  else describe.skip(`${name} (skipped: VERSITYGW_PATH does not name a versitygw executable)`, suite);
}

export interface S3Request {
  /** `PutObject`, `HeadObject`, `ListObjectsV2`, … */
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
}

/** A real S3 server on a loopback port, with its objects in a temporary folder, which outlives its deaths. */
export interface S3Server {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** For child processes: credentials as any AWS tool reads them, and none of this host's. */
  readonly env: Readonly<Record<string, string>>;
  /** A new bucket's name. */
  makeBucket(): string;
  /** Where the bucket's objects lie as files. */
  folder(bucket: string): string;
  /** For `openS3Store`. */
  options(bucket: string, prefix?: string): S3Options;
  /** What it has been asked since it was started first. */
  requests(): readonly S3Request[];
  /** SIGKILL: connections break, in the middle of what crosses. */
  kill(): Promise<void>;
  /** Again, on the same port, with the same objects. */
  restart(): Promise<void>;
  /** Ends it and removes everything. */
  stop(): Promise<void>;
}

export async function startS3(): Promise<S3Server> {
  const base = mkdtempSync(join(tmpdir(), 'reprise-s3-'));
  const [buckets, sidecar, log] = [join(base, 'buckets'), join(base, 'sidecar'), join(base, 'access.log')];
  for (const folder of [buckets, sidecar]) mkdirSync(folder);
  const accessKeyId = `key${randomBytes(8).toString('hex')}`;
  const secretAccessKey = randomBytes(20).toString('hex');
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  const start = async () => {
    const server = ['--port', `127.0.0.1:${port}`, '--keep-alive', '--quiet', '--access-log', log, 'posix'];
    const spawned = (...args: string[]) =>
      spawn(executable ?? 'versitygw', [...server, ...args, buckets], {
        env: { ...process.env, ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey },
        stdio: 'ignore',
      });
    child = spawned();
    // A suite whose set-up fails elsewhere does not get to stop it: jest must be able to end all the same.
    child.unref();
    if (await answers(port, child)) return;
    // The file system has no extended attributes: metadata go to files beside the objects, not in one step with them.
    child = spawned('--sidecar', sidecar);
    child.unref();
    if (!(await answers(port, child))) throw new Error(`versitygw ended with code ${child.exitCode}`);
  };
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child?.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };

  await start();
  return {
    endpoint,
    accessKeyId,
    secretAccessKey,
    env: {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SHARED_CREDENTIALS_FILE: join(base, 'no-credentials'),
      AWS_CONFIG_FILE: join(base, 'no-config'),
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    makeBucket() {
      const bucket = `bucket-${randomBytes(6).toString('hex')}`;
      mkdirSync(join(buckets, bucket));
      return bucket;
    },
    folder: (bucket) => join(buckets, bucket),
    options: (bucket, prefix = '') => ({
      bucket,
      prefix,
      endpointUrl: endpoint,
      region: 'us-east-1',
      accessKeyId,
      secretAccessKey,
    }),
    requests: () => readRequests(log),
    kill,
    restart: start,
    async stop() {
      await kill();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** False when it ends in place of answering. */
async function answers(port: number, child: ChildProcess): Promise<boolean> {
  for (let tries = 0; tries < 2400; tries++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', () => resolve(false)).once('connect', () => resolve(Boolean(socket.destroy())));
    });
    if (child.exitCode !== null) return false;
    if (open) return true;
    await sleep(50);
  }
  throw new Error('versitygw does not answer');
}

/** Lines of S3's access log: `owner bucket [time] address requester id s3_PutObject key …`. */
function readRequests(log: string): readonly S3Request[] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, 'utf8').matchAll(/^\S+ (\S+) \[.*? s3_(\w+) (\S+)/gm);
  return [...lines].map(([, bucket = '', operation = '', key = '']) => ({ operation, bucket, key }));
}
