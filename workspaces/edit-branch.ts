import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openProject, type Project } from '../dvc/index.js';
import { shareCache, workspacesFolder } from './checkout-folder.js';
import { commitFiles } from './git/commit-files.js';
import { fetchCommit } from './git/fetch-commit.js';
import { pushBranch, untilInTime } from './git/push-branch.js';
import { branchTip } from './git/resolve-revision.js';
import { projectFolder } from './project-folder.js';

/** What an edit came to. */
export interface Edited<T> {
  readonly result: T;
  /** Absolute paths of what it wrote; none: there is nothing to commit. */
  readonly files: readonly string[];
  readonly message: string;
}

export interface BranchEdit<T> {
  readonly served: string;
  readonly url: string;
  /** Of the DVC project in the repository. */
  readonly path: string;
  readonly branch: string;
  /** What the branch begins with when it is not there yet. */
  readonly start: string;
  /**
   * Changes the project as it is on the branch; done again when the branch moves meanwhile.
   *
   * @param commit the branch's
   */
  edit(project: Project, commit: string): Promise<Edited<T>>;
  readonly signal?: AbortSignal;
}

/**
 * Changes files on a branch in one commit, on top of whatever is there when it is pushed: nothing that somebody else committed
 * is lost, and the edit has seen it.
 *
 * @throws DiagnosticError `git-failed`, `workspace-missing`, `no-dvc-project`, and what the edit throws
 */
export async function editBranch<T>(options: BranchEdit<T>): Promise<T> {
  return await untilInTime(() => editOnce(options));
}

async function editOnce<T>(options: BranchEdit<T>): Promise<T> {
  const { served, url, path, branch, start, edit, signal } = options;
  const tip = await branchTip(url, branch);
  const folder = join(workspacesFolder(served), `.${randomBytes(8).toString('hex')}`);
  try {
    const commit = tip ?? start;
    await fetchCommit(url, commit, folder, signal);
    const root = await projectFolder(folder, path, url);
    await shareCache(served, root);
    const { result, files, message } = await edit(await openProject(root), commit);
    if (files.length === 0) return result;
    const made = await commitFiles({ folder, files, message });
    if (made !== undefined)
      await pushBranch({ folder, branch, tip, commit: made, ...(signal ? { signal } : {}) });
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
