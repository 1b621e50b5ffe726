import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askGit, git } from './git.js';
import { openRepository, type Repository } from './repository.js';
import type { SweepFolder } from './sweep-folder.js';

/** What every trial of a sweep begins from. */
export interface Frozen {
  /** HEAD when the sweep began: the parent of its experiments. */
  readonly baseline: string;
  /** A commit, in the sweep's own repository, of all that git tracks with its uncommitted changes. */
  readonly snapshot: string;
}

const IDENTITY = {
  GIT_AUTHOR_NAME: 'reprise',
  GIT_AUTHOR_EMAIL: 'reprise@localhost',
  GIT_COMMITTER_NAME: 'reprise',
  GIT_COMMITTER_EMAIL: 'reprise@localhost',
};

/**
 * Freezes what git tracks in the user's repository, committed or not, as it is now, so that all trials begin from the same
 * files, however long the sweep takes. Neither the user's index nor the object store is written to.
 */
export async function freeze(root: string, folder: SweepFolder): Promise<Frozen> {
  const repository = await openRepository(root);
  const known = await readFrozen(folder);
  if (known) return known;
  const made = `${folder.base}.new`;
  await rm(made, { recursive: true, force: true });
  await mkdir(folder.path, { recursive: true });
  await git(['init', '--quiet', '--bare', '--template=', made], { cwd: folder.path });
  await borrowObjects(made, [repository.objects]);
  const snapshot = await commitWorkTree(repository, made);
  await git(['update-ref', 'refs/heads/snapshot', snapshot], { cwd: made });
  await git(['update-ref', 'refs/heads/baseline', repository.head], { cwd: made });
  await rename(made, folder.base);
  return { baseline: repository.head, snapshot };
}

/** Makes a repository find what it lacks in others' object stores (gitrepository-layout(5)). */
export async function borrowObjects(gitDir: string, stores: readonly string[]): Promise<void> {
  const info = join(gitDir, 'objects', 'info');
  await mkdir(info, { recursive: true });
  await writeFile(join(info, 'alternates'), stores.map((store) => `${store}\n`).join(''));
}

/** Undefined when the sweep has not frozen anything yet. */
export async function readFrozen(folder: SweepFolder): Promise<Frozen | undefined> {
  if (!existsSync(folder.base)) return undefined;
  const call = { cwd: folder.base };
  const baseline = await askGit(['rev-parse', '--verify', '--quiet', 'refs/heads/baseline'], call);
  const snapshot = await askGit(['rev-parse', '--verify', '--quiet', 'refs/heads/snapshot'], call);
  return baseline && snapshot ? { baseline, snapshot } : undefined;
}

/** Git's own filters and settings of the user's repository apply; the objects go to `bare`. */
async function commitWorkTree({ top, gitDir, objects, head }: Repository, bare: string): Promise<string> {
  const index = join(bare, 'index');
  const theirs = await git(['rev-parse', '--path-format=absolute', '--git-path', 'index'], { cwd: top });
  if (existsSync(theirs)) await copyFile(theirs, index);
  const call = {
    cwd: top,
    env: {
      ...IDENTITY,
      GIT_DIR: gitDir,
      GIT_WORK_TREE: top,
      GIT_INDEX_FILE: index,
      GIT_OBJECT_DIRECTORY: join(bare, 'objects'),
      GIT_ALTERNATE_OBJECT_DIRECTORIES: objects,
    },
  };
  await git(['add', '--update', ':/'], call);
  const tree = await git(['write-tree'], call);
  const commit = await git(['commit-tree', tree, '-p', head, '-m', 'The project when the sweep began'], call);
  await rm(index, { force: true });
  return commit;
}
