import { Context } from '@temporalio/activity';
import { checkRepository, publish as pushResults } from '../workspaces/index.js';
import type { PublishInput, Published } from '../workflows/index.js';
import type { ActivityDependencies } from './dependencies.js';

/** Commits dvc.lock, metrics and plots to a branch. Doing it again finds them there. */
export async function publish(deps: ActivityDependencies, input: PublishInput): Promise<Published> {
  const { workspace, workflowId, results } = input;
  checkRepository(workspace.url, deps.repositories);
  return await pushResults({
    served: deps.root,
    checkout: workspace,
    path: workspace.path,
    branch: workspace.branch,
    source: workspace.source,
    remote: workspace.remote,
    workflowId,
    results,
    signal: Context.current().cancellationSignal,
  });
}
