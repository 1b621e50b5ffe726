import { WorkflowNotFoundError } from '@temporalio/client';
import { listRecords, removeTrials, writeRecord } from '../../runner/index.js';
import type { ActivityDependencies } from '../dependencies.js';

/** Copies of sweeps that were terminated, or whose server is gone, are of no more use: nobody else removes them. */
export async function removeAbandoned(
  { client }: ActivityDependencies,
  root: string,
  current: string,
): Promise<void> {
  for (const record of await listRecords(root)) {
    if (record.id === current || record.status !== 'running') continue;
    const { workflowId, run } = record;
    const status = await client.workflow
      .getHandle(workflowId, undefined, { firstExecutionRunId: run })
      .describe()
      .then(
        ({ raw, status }) => (raw.workflowExecutionInfo?.firstRunId === run ? status.name : 'REPLACED'),
        (error: unknown) => {
          if (error instanceof WorkflowNotFoundError) return 'GONE';
          throw error;
        },
      );
    if (status === 'RUNNING') continue;
    await removeTrials(root, record.id);
    await writeRecord(root, { ...record, status: 'abandoned' });
  }
}
