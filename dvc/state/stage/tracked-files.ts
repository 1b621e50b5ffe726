import { relative, sep } from 'node:path';
import type { LockEntry, LockedFile, Md5, Output, Stage } from '../../types.js';
import { isInside } from '../files/inside.js';
import { makeTree, type TreeEntry } from '../hashing/tree.js';
import { findLocked } from './files.js';

/** Answers for files that DVC tracks and that nobody has checked out: what they would be. */
export interface TrackedFiles {
  /** Undefined when no stage's entry says. */
  md5Of(file: string): Promise<Md5 | undefined>;
}

/** An out, with what is known of it. */
export interface TrackedOutput {
  readonly out: Output;
  readonly stage: Stage;
  readonly locked: LockedFile & { readonly md5: Md5 };
}

/** The outs that `file` is, lies in, or holds, where an entry names their content. */
export function outputsAt(
  file: string,
  stages: readonly Stage[],
  entryOf: (stage: Stage) => LockEntry | undefined,
): TrackedOutput[] {
  return stages.flatMap((stage) =>
    stage.outs
      .filter((out) => isInside(out.file, file) || isInside(file, out.file))
      .flatMap((out) => {
        const locked = findLocked(entryOf(stage)?.outs, out.path);
        return locked?.md5 === undefined ? [] : [{ out, stage, locked: { ...locked, md5: locked.md5 } }];
      }),
  );
}

/**
 * @param entryOf what dvc.lock, or this run, says of a stage
 * @param treeOf the files of a directory object
 */
export function trackedFiles(
  stages: readonly Stage[],
  entryOf: (stage: Stage) => LockEntry | undefined,
  treeOf: (md5: Md5) => Promise<readonly TreeEntry[] | undefined>,
): TrackedFiles {
  return {
    async md5Of(file) {
      const [found, another] = outputsAt(file, stages, entryOf);
      // A folder that holds several outs has to be looked at on the disk.
      if (!found || another || !isInside(found.out.file, file)) return undefined;
      const inner = relative(found.out.file, file).split(sep).join('/');
      if (inner === '') return found.locked.md5;
      const entries = await treeOf(found.locked.md5);
      return entries && md5Within(entries, inner);
    },
  };
}

/** Of one file of a directory object, or of a folder in it. */
function md5Within(entries: readonly TreeEntry[], path: string): Md5 | undefined {
  const file = entries.find(({ relpath }) => relpath === path);
  if (file) return file.md5;
  const below = entries
    .filter(({ relpath }) => relpath.startsWith(`${path}/`))
    .map(({ relpath, md5 }) => ({ relpath: relpath.slice(path.length + 1), md5 }));
  return below.length === 0 ? undefined : makeTree(below).md5;
}
