import { Context } from '@temporalio/activity';
import { checkRepository, checkRevision, resolveRevision } from '../workspaces/index.js';
import type { ReproduceOptions, Workspace } from '../workflows/index.js';
import type { ActivityDependencies } from './dependencies.js';

/** What a run keeps of the workspace that was asked for: a branch moves, a run's commit does not. */
export async function pinWorkspace(
  deps: ActivityDependencies,
  asked: ReproduceOptions['workspace'],
): Promise<Workspace> {
  if (asked.kind === 'path') return asked;
  const { url, rev, path, remote, branch } = asked;
  checkRepository(url, deps.repositories);
  if (branch !== undefined) checkRevision(branch);
  const commit = await resolveRevision(url, rev);
  return {
    kind: 'git',
    url,
    commit,
    path,
    ...(rev === commit ? {} : { source: rev.replace(/^refs\/heads\//, '') }),
    ...(remote === undefined ? {} : { remote }),
    ...(branch === undefined ? {} : { branch }),
    run: Context.current().info.workflowExecution?.runId ?? '',
  };
}
