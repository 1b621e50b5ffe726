import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import {
  formatRecord,
  listRecords,
  parseRecord,
  removeTrials,
  writeRecord,
  type SweepRecord,
} from '../../runner/index.js';
import { branchesThatBegin, deleteBranch } from '../../workspaces/index.js';
import type { ActivityDependencies } from '../dependencies.js';
import { editGitRecord, repositoryOf } from './git-records.js';

/** Copies of sweeps that were terminated, or whose server is gone, are of no more use: nobody else removes them. */
export async function removeAbandoned(
  { client }: ActivityDependencies,
  root: string,
  current: string,
): Promise<void> {
  for (const record of await listRecords(root)) {
    if (record.id === current || record.status !== 'running') continue;
    if ((await statusOf(client, record)) === 'RUNNING') continue;
    await removeTrials(root, record.id);
    await writeRecord(root, { ...record, status: 'abandoned' });
  }
}

/**
 * The same with the branches of a sweep's trials. What this server knows nothing of is left: sweeps of other servers may be of the
 * same repository.
 *
 * @param current run of the sweep that begins
 */
export async function removeAbandonedGit(
  deps: ActivityDependencies,
  url: string,
  records: readonly SweepRecord[],
  current: string,
): Promise<void> {
  for (const record of records) {
    const git = repositoryOf(record);
    if (!git || record.run === current || record.status !== 'running') continue;
    const isOurs = await ifThere(() =>
      deps.client.workflow.getHandle(record.workflowId, record.run).describe(),
    );
    if (!isOurs || (await statusOf(deps.client, record)) === 'RUNNING') continue;
    const begin = `reprise/${record.id}-`;
    for (const branch of await branchesThatBegin(url, begin))
      if (/^\d{3,4}(-r\d+)?$/.test(branch.slice(begin.length))) await deleteBranch(url, branch);
    await editGitRecord(deps, { ...git, url }, record.id, (before) => {
      const now = before === undefined ? record : parseRecord(before, url);
      return formatRecord(now.status === 'running' ? { ...now, status: 'abandoned' } : now);
    });
  }
}

/** Of the sweep's workflow, however often it has continued as new. */
async function statusOf(client: Client, { workflowId, run }: SweepRecord): Promise<string> {
  const handle = client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId: run });
  const found = await ifThere(() => handle.describe());
  if (!found) return 'GONE';
  return found.raw.workflowExecutionInfo?.firstRunId === run ? found.status.name : 'REPLACED';
}

async function ifThere<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
