import { formatLockEntry, hashNameOf, runKey, runValue, type HashName } from '../state/index.js';
import type { LockEntry, Md5, Project } from '../types.js';
import { fetchObjects } from './fetch-objects.js';
import type { Remote } from './open-remote.js';
import { pushObjects } from './push-objects.js';
import { cachedRuns, fetchRunsBelow, runsPrefix, type RunsOptions } from './run-entries.js';
import type { FailedObject } from './transfer.js';

/**
 * Makes one run restorable by others: its outs go to the remote, then its record. The record is held back when an out could not
 * cross.
 *
 * @param entry as dvc.lock has it, outs with their hashes
 * @returns what did not cross
 */
export async function pushRun(
  project: Project,
  remote: Remote,
  entry: LockEntry,
  options: RunsOptions = {},
): Promise<readonly FailedObject[]> {
  const failed: FailedObject[] = [];
  for (const { hashName, hashes } of outsOf(entry))
    failed.push(...(await pushObjects({ project, remote, hashes, hashName, ...options })).failed);
  if (failed.length > 0) return failed;
  const key = `${runsPrefix(runKey(entry))}${runValue(entry)}`;
  if (!(await remote.store.head(key))) {
    const { signal } = options;
    await remote.store.put(key, Buffer.from(formatLockEntry(entry)), { signal });
  }
  return [];
}

/**
 * Brings a run with this key from the remote, with all of its outs, into the cache and the run cache, where `restoreRun` finds it.
 *
 * @returns its entry; undefined when the remote has none that is whole
 */
export async function fetchRun(
  project: Project,
  remote: Remote,
  key: string,
  options: RunsOptions = {},
): Promise<LockEntry | undefined> {
  await fetchRunsBelow(project, remote, runsPrefix(key), options);
  for (const entry of await cachedRuns(project, key)) {
    const groups = outsOf(entry);
    const results = [];
    for (const { hashName, hashes } of groups)
      results.push(await fetchObjects({ project, remote, hashes, hashName, ...options }));
    if (results.every(({ failed }) => failed.length === 0)) return entry;
  }
  return undefined;
}

/** The outs' objects, apart by the hash that names them. */
function outsOf(entry: LockEntry): { hashName: HashName; hashes: Md5[] }[] {
  const groups = new Map<HashName, Md5[]>();
  for (const out of entry.outs ?? []) {
    if (out.md5 === undefined) continue;
    const name = hashNameOf(out);
    groups.set(name, [...(groups.get(name) ?? []), out.md5]);
  }
  return [...groups].map(([hashName, hashes]) => ({ hashName, hashes }));
}
