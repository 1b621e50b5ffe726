import { GitFailed, runGit } from './run-git.js';

export interface BranchPush {
  /** Root of a checkout. */
  readonly folder: string;
  readonly branch: string;
  /** What the branch was when it was looked at; undefined: it was not there. */
  readonly tip: string | undefined;
  readonly commit: string;
  readonly signal?: AbortSignal;
}

/**
 * Moves a branch, which holds only if it is what was looked at (`--force-with-lease`).
 *
 * @throws GitFailed, whose `isStale` says that it has moved
 */
export async function pushBranch({ branch, ...push }: BranchPush): Promise<void> {
  await pushRef({ ...push, ref: `refs/heads/${branch}` });
}

export interface RefPush extends Omit<BranchPush, 'branch'> {
  /** In full: `refs/…`. */
  readonly ref: string;
}

/** As {@link pushBranch}, of any ref. */
export async function pushRef({ folder, ref, tip, commit, signal }: RefPush): Promise<void> {
  await runGit(['push', '--quiet', `--force-with-lease=${ref}:${tip ?? ''}`, 'origin', `${commit}:${ref}`], {
    cwd: folder,
    signal,
  });
}

/** How often a branch may move between the look at it and the push. */
const TRIES = 10;

/** Looks and pushes again while the branch moves in between. */
export async function untilInTime<T>(lookAndPush: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await lookAndPush();
    } catch (error) {
      if (!(error instanceof GitFailed && error.isStale) || attempt === TRIES) throw error;
    }
  }
}
