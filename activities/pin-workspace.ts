import { Context } from '@temporalio/activity';
import { checkRepository, checkRevision, resolveRevision, revisionAt } from '../workspaces/index.js';
import type { ReproduceOptions, Workspace } from '../workflows/index.js';
import type { ActivityDependencies } from './dependencies.js';

/** What a run keeps of the workspace that was asked for: a branch moves, a run's commit does not. */
export async function pinWorkspace(
  deps: ActivityDependencies,
  asked: ReproduceOptions['workspace'],
): Promise<Workspace> {
  if (asked.kind === 'path') return asked;
  const { url, rev, path, remote, branch, asOf } = asked;
  checkRepository(url, deps.repositories);
  if (branch !== undefined) checkRevision(branch);
  const commit =
    asOf === undefined
      ? await resolveRevision(url, rev)
      : await revisionAt(url, rev, asOf, Context.current().cancellationSignal);
  return {
    kind: 'git',
    url,
    commit,
    path,
    // What a branch was once is not its tip: nothing goes on from there.
    ...(rev === commit || asOf !== undefined ? {} : { source: rev.replace(/^refs\/heads\//, '') }),
    ...(remote === undefined ? {} : { remote }),
    ...(branch === undefined ? {} : { branch }),
    run: Context.current().info.workflowExecution?.runId ?? '',
  };
}
