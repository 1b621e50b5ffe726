import { relative } from 'node:path';
import { realpath } from 'node:fs/promises';
import { DiagnosticError } from '../../diagnostics/index.js';
import { askGit, git } from './git.js';

/** The git repository that a project lies in. */
export interface Repository {
  /** Absolute folder of the work tree. */
  readonly top: string;
  readonly gitDir: string;
  readonly objects: string;
  /** The commit that is checked out: what DVC calls an experiment's baseline. */
  readonly head: string;
  /** The project's folder, relative to {@link top}; '' when they are the same. */
  readonly project: string;
}

/**
 * @param root absolute real path of the DVC project
 * @throws DiagnosticError `sweep-needs-git`
 */
export async function openRepository(root: string): Promise<Repository> {
  const call = { cwd: root };
  const top = await askGit(['rev-parse', '--show-toplevel'], call);
  const head = top && (await askGit(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], call));
  if (!top || !head) {
    throw new DiagnosticError('sweep-needs-git', {
      message: top
        ? 'the git repository has no commit yet, and a sweep begins from one'
        : 'the project is in no git repository, and a sweep copies what git tracks for each trial',
      fix: `${top ? '' : 'git init && '}git add --all && git commit --message "Begin"`,
    });
  }
  const realTop = await realpath(top);
  return {
    top: realTop,
    gitDir: await git(['rev-parse', '--absolute-git-dir'], call),
    objects: await realpath(
      await git(['rev-parse', '--path-format=absolute', '--git-path', 'objects'], call),
    ),
    head,
    project: relative(realTop, root),
  };
}
