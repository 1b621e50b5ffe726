import { relative, sep } from 'node:path';
import { PathTree } from '../../graph/index.js';
import type { LockEntry, LockedFile, Md5, Output, Stage } from '../../types.js';
import { isInside } from '../files/inside.js';
import { makeTree, type TreeEntry } from '../hashing/tree.js';
import { findLocked } from './files.js';

/** Answers for files that DVC tracks and that nobody has checked out: what they would be. */
export interface TrackedFiles {
  /** Undefined when no stage's entry says. */
  md5Of(file: string): Promise<Md5 | undefined>;
  /** What is missing, and of which nobody knows what it would be, is taken to be as it was. */
  readonly trusts?: boolean;
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
  return madeAt(file, stages).flatMap(({ out, stage }) => {
    const locked = findLocked(entryOf(stage)?.outs, out.path);
    return locked?.md5 === undefined ? [] : [{ out, stage, locked: { ...locked, md5: locked.md5 } }];
  });
}

type Made = Omit<TrackedOutput, 'locked'>;

/** The outs that `file` is, lies in, or holds. */
export function madeAt(file: string, stages: readonly Stage[]): readonly Made[] {
  const tree = treeOf(stages);
  return [...tree.atOrAbove(file), ...tree.below(file)].flat();
}

/** Each stage of a pipeline asks for each of its deps: with a thousand of both, nothing may look at all outs. */
const trees = new WeakMap<readonly Stage[], PathTree<Made[]>>();

function treeOf(stages: readonly Stage[]): PathTree<Made[]> {
  const known = trees.get(stages);
  if (known) return known;
  const byFile = new Map<string, Made[]>();
  for (const stage of stages)
    for (const out of stage.outs) byFile.set(out.file, [...(byFile.get(out.file) ?? []), { out, stage }]);
  const tree = new PathTree<Made[]>();
  for (const [file, made] of byFile) tree.set(file, made);
  trees.set(stages, tree);
  return tree;
}

/**
 * @param entryOf what dvc.lock, or this run, says of a stage
 * @param filesOf the files of a directory object
 */
export function trackedFiles(
  stages: readonly Stage[],
  entryOf: (stage: Stage) => LockEntry | undefined,
  filesOf: (md5: Md5) => Promise<readonly TreeEntry[] | undefined>,
): TrackedFiles {
  return {
    async md5Of(file) {
      const [found, another] = outputsAt(file, stages, entryOf);
      // A folder that holds several outs has to be looked at on the disk.
      if (!found || another || !isInside(found.out.file, file)) return undefined;
      const inner = relative(found.out.file, file).split(sep).join('/');
      if (inner === '') return found.locked.md5;
      const entries = await filesOf(found.locked.md5);
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
