import { readFile } from 'node:fs/promises';
import { DiagnosticError } from '../../diagnostics/index.js';
import { ObjectMissingError } from '../../storage/index.js';
import {
  hasObject,
  legacyMd5OfFile,
  mapConcurrently,
  md5OfFile,
  parseTree,
  readTree,
  storeObject,
} from '../state/index.js';
import type { Md5 } from '../types.js';
import { objectKey } from './object-key.js';
import { isFolder } from './push-objects.js';
import { Tally, type TransferRequest, type TransferResult } from './transfer.js';

/**
 * Copies objects from a remote to the cache, those that it has already left out. Each is hashed before it gets its name.
 *
 * @throws DiagnosticError `remote-unreachable`, `remote-busy`, `remote-denied`, `no-bucket`, `disk-full` and others that strike
 *   all objects; what concerns one object is in the result
 */
export async function fetchObjects(request: TransferRequest): Promise<TransferResult> {
  const { project, remote, hashName = 'md5' } = request;
  const jobs = request.jobs ?? remote.jobs;
  const folders = [...new Set(request.hashes.filter(isFolder))];
  const files = new Set(request.hashes.filter((md5) => !isFolder(md5)));
  const has = (md5: Md5) => hasObject(project.config, md5, hashName);

  // A directory's object says which its files are, so it comes first.
  const missingFolders = await lacking(folders, has);
  const first = new Tally(request, missingFolders.length);
  await mapConcurrently(missingFolders, (md5) => fetchOne(request, md5, first), jobs);
  const lost = new Set(first.failed.map(({ md5 }) => md5));
  for (const folder of folders) {
    if (lost.has(folder)) continue;
    for (const { md5 } of (await readTree(project.config, folder, hashName)) ?? []) files.add(md5);
  }

  const missing = await lacking([...files], has);
  const second = new Tally(request, missing.length);
  await mapConcurrently(missing, (md5) => fetchOne(request, md5, second), jobs);
  const absent = new Set([...missing, ...missingFolders]);
  return {
    transferred: [...first.transferred, ...second.transferred],
    present: [...folders, ...files].filter((md5) => !absent.has(md5)),
    failed: [...first.failed, ...second.failed],
    bytes: first.bytes + second.bytes,
  };
}

async function lacking(hashes: readonly Md5[], has: (md5: Md5) => Promise<boolean>): Promise<Md5[]> {
  const present = await mapConcurrently(hashes, has);
  return hashes.filter((_, index) => !present[index]);
}

/** Brings one object, whose fate `tally` is told. */
export async function fetchOne(request: TransferRequest, md5: Md5, tally: Tally): Promise<void> {
  const { project, remote, hashName = 'md5', signal } = request;
  signal?.throwIfAborted();
  try {
    await storeObject(project.config, md5, hashName, 0, async (temporary) => {
      const options = { signal, onBytes: tally.onBytes };
      await remote.store.download(objectKey(md5, hashName), temporary, options);
      await verify(request, md5, temporary);
    });
    tally.done(md5);
  } catch (error) {
    tally.fail(md5, error instanceof ObjectMissingError ? notInRemote(remote.url, md5) : error);
  }
}

/** @throws DiagnosticError `damaged-object`, `bad-object` */
async function verify({ remote, hashName = 'md5' }: TransferRequest, md5: Md5, file: string): Promise<void> {
  const actual = await (hashName === 'md5' ? md5OfFile : legacyMd5OfFile)(file);
  const expected = md5.replace('.dir', '');
  const place = `${remote.url}/${objectKey(md5, hashName)}`;
  if (actual !== expected) {
    throw new DiagnosticError('damaged-object', {
      message: `${place} is damaged: its content is not what its name says`,
      expected,
      found: actual,
      fix: 'delete that object, then push it from a host whose cache has it; or run the stage that makes it again',
    });
  }
  if (isFolder(md5)) parseTree(await readFile(file, 'utf8'), place);
}

function notInRemote(url: string, md5: Md5): DiagnosticError {
  return new DiagnosticError('object-missing', {
    message: `neither the cache nor ${url} has ${md5}`,
    fix: 'push it from a host whose cache has it (reprise push), or run the stage that makes it again',
  });
}
