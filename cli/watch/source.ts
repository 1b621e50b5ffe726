import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import { openS3Store } from '../../storage/index.js';

/** A place where data arrives. */
export interface DataSource {
  /** For people. */
  readonly name: string;
  /** Another one when something in it is new, gone or changed. Nothing is read: names, sizes and times tell. */
  digest(): Promise<string>;
}

/**
 * @param place a file, a folder, or `s3://bucket/prefix`
 * @throws DiagnosticError `watch-missing`, `bad-source`; those of the store
 */
export async function openSource(place: string, cwd: string): Promise<DataSource> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(place)) return await bucketSource(place);
  const path = resolve(cwd, place);
  const source = { name: place, digest: () => digestOf(filesIn(path)) };
  if (await stat(path).catch(() => undefined)) return source;
  throw new DiagnosticError('watch-missing', {
    message: `${place} is not there`,
    fix: 'name a file, a folder, or s3://bucket/prefix',
  });
}

async function bucketSource(place: string): Promise<DataSource> {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(place) ?? [];
  if (bucket === undefined) {
    throw new DiagnosticError('bad-source', {
      message: `${place} cannot be watched`,
      fix: 'name a file, a folder, or s3://bucket/prefix; or let whoever writes there post to --listen',
    });
  }
  const store = await openS3Store({ bucket, prefix: prefix.replace(/\/+$/, '') });
  const objects = async function* (): AsyncIterable<string> {
    for await (const { key, size, etag } of store.list('')) yield `${key}\0${size}\0${etag ?? ''}`;
  };
  return { name: place, digest: () => digestOf(objects()) };
}

async function* filesIn(path: string): AsyncIterable<string> {
  // What is gone in between shows at the next look.
  const info = await stat(path, { bigint: true }).catch(() => undefined);
  if (!info) return;
  if (!info.isDirectory()) {
    yield `${path}\0${info.size}\0${info.mtimeNs}`;
    return;
  }
  for (const name of await readdir(path).catch(() => [])) yield* filesIn(join(path, name));
}

async function digestOf(lines: AsyncIterable<string>): Promise<string> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return createHash('sha256').update(all.sort().join('\n')).digest('hex');
}
