import { relative } from 'node:path';
import type { LockEntry, Project } from '../../types.js';
import { writeBeside } from '../files/write-beside.js';
import { stageInGit } from '../git/gitignore.js';
import { mergeDvcFile } from './dvc-file.js';
import { readIfPresent } from './lock-text.js';
import { mergeKnown, readKnown, wroteKnown } from './known-lock.js';
import { mergeLock } from './merge.js';
import type { MergeOrder } from './order.js';
import { isPipelineFile, lockPath } from './read.js';

/**
 * Puts entries into the lock file beside `dvcfile` (or into the `.dvc` file that it is). There must be one writer per file at
 * a time. Doing it again changes nothing.
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
  const isPipeline = isPipelineFile(dvcfile);
  const path = isPipeline ? lockPath(dvcfile) : dvcfile;
  const shownAs = relative(project.root, path);
  const known = isPipeline ? await readKnown(path) : await readIfPresent(path);
  const lock = typeof known === 'object' ? known : undefined;
  const merged = lock && mergeKnown(lock, entries, order);
  if (merged) {
    if (merged.bytes === lock.bytes) return undefined;
    wroteKnown(path, merged, await writeBeside(path, merged.bytes));
  } else {
    const before = typeof known === 'object' ? known.bytes.toString() : known;
    const after = isPipeline
      ? mergeLock(before, entries, order, shownAs, path)
      : mergeDvcFile(before ?? '', [...entries.values()][0] as LockEntry, shownAs);
    if (after === before) return undefined;
    await writeBeside(path, after);
  }
  await stageInGit(project, [path]);
  return path;
}
