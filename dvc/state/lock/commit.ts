import { relative } from 'node:path';
import type { LockEntry, Project } from '../../types.js';
import { ChangedMeanwhile, stampOf, writeBeside } from '../files/write-beside.js';
import { stageInGit } from '../git/gitignore.js';
import { mergeDvcFile } from './dvc-file.js';
import { readIfPresent } from './lock-text.js';
import { mergeKnown, readKnown, wroteKnown } from './known-lock.js';
import { mergeLock } from './merge.js';
import type { MergeOrder } from './order.js';
import { isPipelineFile, lockPath } from './read.js';

/**
 * Puts entries into the lock file beside `dvcfile` (or into the `.dvc` file that it is). What somebody else writes meanwhile stays: a
 * writer may have been stopped, and taken for dead, before it goes on. Doing it again changes nothing.
 *
 * @returns the file that was written, or undefined when it said so already
 * @throws DiagnosticError `lock-conflict`, `yaml-syntax`, `bad-lock`, `disk-full`
 */
export async function commitLock(
  project: Project,
  dvcfile: string,
  entries: ReadonlyMap<string, LockEntry>,
  order: MergeOrder,
): Promise<string | undefined> {
  if (entries.size === 0) return undefined;
  const path = isPipelineFile(dvcfile) ? lockPath(dvcfile) : dvcfile;
  for (;;) {
    try {
      if (!(await write(project, dvcfile, path, entries, order))) return undefined;
      break;
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile)) throw error;
    }
  }
  await stageInGit(project, [path]);
  return path;
}

/** @returns false when the file says so already */
async function write(
  project: Project,
  dvcfile: string,
  path: string,
  entries: ReadonlyMap<string, LockEntry>,
  order: MergeOrder,
): Promise<boolean> {
  const isPipeline = isPipelineFile(dvcfile);
  const shownAs = relative(project.root, path);
  const seen = stampOf(path);
  const known = isPipeline ? await readKnown(path) : await readIfPresent(path);
  const lock = typeof known === 'object' ? known : undefined;
  const merged = lock && mergeKnown(lock, entries, order);
  if (merged) {
    if (merged.bytes === lock.bytes) return false;
    wroteKnown(path, merged, await writeBeside(path, merged.bytes, { seen }));
    return true;
  }
  const before = typeof known === 'object' ? known.bytes.toString() : known;
  const after = isPipeline
    ? mergeLock(before, entries, order, shownAs, path)
    : mergeDvcFile(before ?? '', [...entries.values()][0] as LockEntry, shownAs);
  if (after === before) return false;
  await writeBeside(path, after, { seen });
  return true;
}
