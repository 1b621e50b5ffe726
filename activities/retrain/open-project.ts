import { Context } from '@temporalio/activity';
import { openProject, type Project } from '../../dvc/index.js';
import { branchTip, checkRepository, openWorkspace } from '../../workspaces/index.js';
import type { Workspace } from '../../workflows/index.js';
import type { ActivityDependencies } from '../dependencies.js';

/** A project that is retrained, in place or in a checkout. */
export interface RetrainedProject extends Project {
  readonly folder: string;
  readonly workspace: Workspace;
}

export async function openRetrained(
  deps: ActivityDependencies,
  workspace: Workspace,
): Promise<RetrainedProject> {
  const { folder } = await openWorkspace(deps, workspace, Context.current().cancellationSignal);
  return { ...(await openProject(folder)), folder, workspace };
}

/** The project as the branch has it now, which says what is in production. In place, there is but one. */
export async function openProduction(
  deps: ActivityDependencies,
  workspace: Workspace,
): Promise<RetrainedProject> {
  if (workspace.kind === 'path') return await openRetrained(deps, workspace);
  checkRepository(workspace.url, deps.repositories);
  const tip = await branchTip(workspace.url, workspace.branch ?? '');
  return await openRetrained(deps, { ...workspace, commit: tip ?? workspace.commit });
}
