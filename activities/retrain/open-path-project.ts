import { openProject, type Project } from '../../dvc/index.js';
import { openWorkspace } from '../../workspaces/index.js';
import type { PathWorkspace } from '../../workflows/index.js';
import type { ActivityDependencies } from '../dependencies.js';

/** The project in a folder that the worker serves: what is in production is kept there. */
export async function openPathProject(
  deps: ActivityDependencies,
  workspace: PathWorkspace,
): Promise<Project & { readonly folder: string }> {
  const { folder } = await openWorkspace(deps, workspace);
  return { ...(await openProject(folder)), folder };
}
