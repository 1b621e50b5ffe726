import { nextVersion, promote } from '../../promotion/index.js';
import type { PromoteModelInput, PathWorkspace } from '../../workflows/index.js';
import type { ActivityDependencies } from '../dependencies.js';
import { openPathProject } from './open-path-project.js';

export async function reserveVersion(
  deps: ActivityDependencies,
  input: { readonly workspace: PathWorkspace; readonly final: string },
): Promise<number> {
  return await nextVersion(await openPathProject(deps, input.workspace), input.final);
}

export async function promoteModel(deps: ActivityDependencies, input: PromoteModelInput): Promise<boolean> {
  const { workspace, ...promotion } = input;
  return await promote(await openPathProject(deps, workspace), promotion);
}
