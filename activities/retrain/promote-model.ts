import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import type { Project } from '../../dvc/index.js';
import { nextVersion, productionFile, promote, type Promotion } from '../../promotion/index.js';
import { checkRepository, editBranch, type Edited } from '../../workspaces/index.js';
import type { GitWorkspace, PromoteModelInput, Workspace } from '../../workflows/index.js';
import type { ActivityDependencies } from '../dependencies.js';
import { openProduction, openRetrained } from './open-project.js';

export async function reserveVersion(
  deps: ActivityDependencies,
  input: { readonly workspace: Workspace; readonly final: string },
): Promise<number> {
  return await nextVersion(await openProduction(deps, input.workspace), input.final);
}

/** @returns false when another model came into production since */
export async function promoteModel(deps: ActivityDependencies, input: PromoteModelInput): Promise<boolean> {
  const { workspace, ...promotion } = input;
  if (workspace.kind === 'git') return await promoteOnBranch(deps, workspace, promotion);
  return await promote(await openRetrained(deps, workspace), promotion, 'copies');
}

/**
 * Commits the records of the new model and the alias together. The data stays in the remote, where it was put when it was
 * judged. A branch that moved is looked at again: what came into production on it meanwhile is not replaced.
 */
async function promoteOnBranch(
  deps: ActivityDependencies,
  { url, path, commit, branch = '' }: GitWorkspace,
  promotion: Promotion,
): Promise<boolean> {
  checkRepository(url, deps.repositories);
  return await editBranch({
    served: deps.root,
    url,
    path,
    branch,
    start: commit,
    edit: (project) => promoteIn(project, promotion),
    signal: Context.current().cancellationSignal,
  });
}

async function promoteIn(project: Project, promotion: Promotion): Promise<Edited<boolean>> {
  const { final, version, promoted } = promotion;
  const result = await promote(project, promotion, 'records');
  const message = `Promote version ${version}\n\n${promoted.reason}\n\nBy: ${promoted.by}\nWorkflow: ${promoted.run}\n`;
  if (!result) return { result, files: [], message };
  const folder = join(project.root, final);
  const records = (await readdir(folder)).filter((name) => name.includes(`_v${version}`));
  const files = [
    join(project.root, productionFile(final)),
    join(folder, '.gitignore'),
    ...records.filter((name) => name.endsWith('.dvc')).map((name) => join(folder, name)),
  ];
  return { result, files: files.filter((file) => existsSync(file)), message };
}
