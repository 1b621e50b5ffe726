import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import type { Project } from '../../dvc/index.js';
import {
  candidateFile,
  nextVersion,
  promote,
  readVersion,
  recordFiles,
  type Promotion,
  type VersionRecord,
} from '../../promotion/index.js';
import { checkRepository, editBranch, type Edited } from '../../workspaces/index.js';
import type { Candidate, GitWorkspace, PromoteModelInput, Workspace } from '../../workflows/index.js';
import type { ActivityDependencies } from '../dependencies.js';
import { remoteOf } from './contents.js';
import { openProduction, openRetrained } from './open-project.js';
import { announceProduction, projectRegistry } from './registry.js';

export async function reserveVersion(
  deps: ActivityDependencies,
  input: { readonly workspace: Workspace; readonly final: string; readonly candidate?: Candidate },
): Promise<number> {
  return await nextVersion(await openProduction(deps, input.workspace), input.final, input.candidate);
}

/** @returns false when another model came into production since */
export async function promoteModel(deps: ActivityDependencies, input: PromoteModelInput): Promise<boolean> {
  const { workspace, ...asked } = input;
  const project = await openRetrained(deps, workspace);
  const registry = projectRegistry(project, workspace);
  const promotion = { ...asked, registry, remote: await remoteOf(project) };
  const record =
    workspace.kind === 'git'
      ? await promoteOnBranch(deps, workspace, promotion)
      : (await promote(project, promotion, 'copies')) &&
        (await readVersion(project.root, asked.final, asked.version));
  if (record) await announceProduction(project, { ...promotion, record });
  return record !== false;
}

/**
 * Commits the records of the new model and the alias together. The data stays in the remote, where it was put when it was
 * judged. A branch that moved is looked at again: what came into production on it meanwhile is not replaced.
 */
async function promoteOnBranch(
  deps: ActivityDependencies,
  { url, path, commit, branch = '' }: GitWorkspace,
  promotion: Promotion,
): Promise<VersionRecord | false | undefined> {
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

async function promoteIn(
  project: Project,
  promotion: Promotion,
): Promise<Edited<VersionRecord | false | undefined>> {
  const { final, version, promoted } = promotion;
  const { root } = project;
  const candidate = join(root, candidateFile(final));
  const hadCandidate = existsSync(candidate);
  const done = await promote(project, promotion, 'records');
  const message = `Promote version ${version}\n\n${promoted.reason}\n\nBy: ${promoted.by}\nWorkflow: ${promoted.run}\n`;
  if (!done) return { result: false, files: [], message };
  const files = new Set(await recordFiles(root, final, version));
  if (hadCandidate) files.add(candidate);
  return { result: await readVersion(root, final, version), files: [...files], message };
}
