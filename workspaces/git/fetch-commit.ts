import { mkdir, rm } from 'node:fs/promises';
import { GitFailed, PROTOCOLS, runGit } from './run-git.js';

/**
 * Makes a checkout of one commit in a new folder, without the history before it, with its submodules.
 *
 * @throws DiagnosticError `git-failed`
 */
export async function fetchCommit(
  url: string,
  commit: string,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const git = (...args: string[]) => runGit(args, { cwd: folder, signal });
  try {
    await git('init', '--quiet', '--initial-branch=reprise');
    await git('remote', 'add', 'origin', url);
    await fetchObjectsOf(commit, git);
    await git('-c', 'advice.detachedHead=false', 'checkout', '--quiet', '--detach', commit);
    await runGit(['submodule', 'update', '--init', '--recursive', '--quiet', '--depth=1'], {
      ...{ cwd: folder, signal },
      env: isOfThisHost(url) ? {} : { GIT_ALLOW_PROTOCOL: PROTOCOLS.replace('file:', '') },
    });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** What comes from elsewhere may not name a folder of this host as one of its submodules, and so have another's repository read. */
function isOfThisHost(url: string): boolean {
  return /^(file:|[/.])/i.test(url);
}

/** Brings a commit into a checkout whose `origin` has it, without those before it. */
export async function fetchObjectsOf(
  commit: string,
  git: (...args: string[]) => Promise<string>,
): Promise<void> {
  try {
    await git('fetch', '--quiet', '--no-tags', '--depth=1', 'origin', commit);
  } catch (error) {
    if (!(error instanceof GitFailed) || error.transient) throw error;
    // Some servers give a commit only as part of a branch.
    await git('fetch', '--quiet', 'origin', '+refs/heads/*:refs/remotes/origin/*');
  }
}
