import { checkoutContents, codeIn, repositoryName, type CheckoutContents } from '../../activities/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { openProject } from '../../dvc/index.js';
import { openState } from '../../runner/index.js';
import {
  branchTip,
  checkRepository,
  checkRevision,
  editBranch,
  type Edited,
} from '../../workspaces/index.js';
import type { GitWorkspace, Lineage } from '../../workflows/index.js';
import { registryIn, type OpenRegistry } from './open-registry.js';

/** A branch that says which models there are, and which of them is in production. */
export interface ModelBranch {
  readonly url: string;
  readonly branch: string;
  /** Folder of the project in the repository. */
  readonly path?: string;
  /** Name of the DVC remote; absent: the project's default. */
  readonly remote?: string;
}

/** The models as a branch has them, in a checkout that is there for one edit. */
export interface BranchRegistry extends OpenRegistry {
  readonly contents: CheckoutContents;
  readonly code: Lineage['code'];
}

/**
 * Changes the registry of a repository in one commit, which is pushed with a lease: when the branch has moved, the edit is made again on
 * what is there by then. Data goes from and to the remote; what was fetched, and what MLflow is to be told later, is kept in `.reprise` of
 * the project that this is run in, or of the folder.
 *
 * @throws DiagnosticError `bad-repository`, `secret-in-url`, `bad-revision`, `revision-missing`, `git-failed`, and what the edit throws
 */
export async function editRegistry<T>(
  cwd: string,
  { url, branch, path = '.', remote }: ModelBranch,
  edit: (open: BranchRegistry) => Promise<Edited<T>>,
): Promise<T> {
  checkRepository(url, [url]);
  checkRevision(branch);
  const start = await branchTip(url, branch);
  if (start === undefined)
    throw new DiagnosticError('revision-missing', {
      message: `the repository has no branch ${branch}`,
      at: { file: url },
      fix: 'push it first, or correct --branch',
    });
  const served = await homeOf(cwd);
  await openState(served);
  return await editBranch({
    ...{ served, url, path, branch, start },
    async edit(project, commit) {
      const named = remote === undefined ? {} : { remote };
      const workspace: GitWorkspace = { kind: 'git', url, commit, path, branch, run: '', ...named };
      const contents = await checkoutContents(project, workspace);
      const open = registryIn(project, repositoryName(url));
      return await edit({ ...open, remote: contents.remote, contents, code: codeIn(workspace) });
    },
  });
}

async function homeOf(cwd: string): Promise<string> {
  try {
    return (await openProject(cwd)).root;
  } catch (error) {
    if (error instanceof DiagnosticError && error.code === 'no-dvc-project') return cwd;
    throw error;
  }
}
