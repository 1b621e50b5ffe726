import { stat } from 'node:fs/promises';
import { DiagnosticError } from '../../diagnostics/index.js';
import { hasObject, mapConcurrently, objectPath, readTree } from '../state/index.js';
import type { Md5 } from '../types.js';
import { objectKey } from './object-key.js';
import { presentObjects } from './present-objects.js';
import { Tally, type FailedObject, type TransferRequest, type TransferResult } from './transfer.js';

/**
 * Copies objects from the cache to a remote, those that it has already left out. The object of a directory goes after all of
 * its files, and not at all when one of them is not there: where it is, all of it can be fetched.
 *
 * @throws DiagnosticError `remote-unreachable`, `remote-busy`, `remote-denied`, `no-bucket` and others that strike all objects; what
 *   concerns one object is in the result
 */
export async function pushObjects(request: TransferRequest): Promise<TransferResult> {
  const { project, remote, hashName = 'md5', signal } = request;
  const { config } = project;
  const { store } = remote;
  const jobs = request.jobs ?? remote.jobs;
  const { trees, unreadable } = await readTrees(request);
  const files = new Set(request.hashes.filter((md5) => !isFolder(md5)));
  for (const entries of trees.values()) for (const md5 of entries ?? []) files.add(md5);
  const all = [...files, ...trees.keys()];
  const there = await presentObjects(store, all, { hashName, jobs, signal });

  const missing = all.filter((md5) => !there.has(md5));
  const sizes = await mapConcurrently(missing, async (md5) =>
    (await hasObject(config, md5, hashName))
      ? (await stat(objectPath(config, md5, hashName))).size
      : undefined,
  );
  const sizeOf = new Map(missing.map((md5, index) => [md5, sizes[index]]));
  const total = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const tally = new Tally(request, missing.length, total);
  const isSafe = new Set(there);

  const send = async (md5: Md5) => {
    signal?.throwIfAborted();
    try {
      if (sizeOf.get(md5) === undefined) throw notInCache(md5);
      const options = { signal, onBytes: tally.onBytes };
      await store.put(objectKey(md5, hashName), { file: objectPath(config, md5, hashName) }, options);
      isSafe.add(md5);
      tally.done(md5);
    } catch (error) {
      tally.fail(md5, error);
    }
  };
  await mapConcurrently(
    missing.filter((md5) => !isFolder(md5)),
    send,
    jobs,
  );
  const sendFolder = async (md5: Md5) => {
    const lost = trees.get(md5)?.find((file) => !isSafe.has(file));
    if (lost === undefined) await send(md5);
    else tally.fail(md5, incomplete(md5, lost));
  };
  await mapConcurrently(missing.filter(isFolder), sendFolder, jobs);
  const { transferred, failed, bytes } = tally;
  return { transferred, present: [...there], failed: [...unreadable, ...failed], bytes };
}

/** Files of each directory; undefined where the cache does not have its object. One that is damaged is left out. */
async function readTrees({ project, hashes, hashName }: TransferRequest) {
  const trees = new Map<Md5, readonly Md5[] | undefined>();
  const unreadable: FailedObject[] = [];
  const read = async (md5: Md5) => {
    try {
      const entries = await readTree(project.config, md5, hashName);
      trees.set(
        md5,
        entries?.map((entry) => entry.md5),
      );
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      unreadable.push({ md5, error });
    }
  };
  await mapConcurrently([...new Set(hashes.filter(isFolder))], read);
  return { trees, unreadable };
}

export function isFolder(md5: Md5): boolean {
  return md5.endsWith('.dir');
}

function notInCache(md5: Md5): DiagnosticError {
  return new DiagnosticError('cache-missing', {
    message: `neither the cache nor the remote has ${md5}`,
    fix: 'run the stage that makes it again (reprise repro), or fetch it from a remote that has it',
  });
}

function incomplete(md5: Md5, lost: Md5): DiagnosticError {
  return new DiagnosticError('directory-incomplete', {
    message: `the directory object ${md5} was held back, since its file ${lost} is not in the remote`,
    fix: 'see to that file, then push again',
  });
}
