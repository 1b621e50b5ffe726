import type { Client } from '@temporalio/client';
import { grpcCode } from '../../connection/temporal-error.js';
import { EXECUTION_STATUS, recordOf, type RunRecord, type RunStatus } from './run-record.js';

export interface RunFilter {
  readonly status?: RunStatus;
  readonly project?: string;
  readonly limit: number;
}

/** Our workflows, wherever they run: an application of others may run `reproduce` on a queue of its own. Reading a log is no run. */
const OURS =
  '(TaskQueue = "reprise" OR WorkflowType = "reproduce") AND WorkflowType NOT IN ("readLog", "describeWorkers")';

/** gRPC: a query that names a search attribute which this server does not have. */
const INVALID_ARGUMENT = 3;

/** Runs that the server still knows, newest first. */
export async function listRuns(client: Client, filter: RunFilter): Promise<RunRecord[]> {
  const { project } = filter;
  if (project === undefined) return await collect(client, filter, []);
  try {
    return await collect(client, filter, [`RepriseProject = ${quoted(project)}`]);
  } catch (error) {
    if (grpcCode(error) !== INVALID_ARGUMENT) throw error;
    return await collect(client, filter, []);
  }
}

async function collect(
  client: Client,
  { status, project, limit }: RunFilter,
  more: readonly string[],
): Promise<RunRecord[]> {
  const query = [
    OURS,
    // The parts of a long run before its last one.
    status === undefined
      ? `ExecutionStatus != ${quoted(EXECUTION_STATUS.continued)}`
      : `ExecutionStatus = ${quoted(EXECUTION_STATUS[status])}`,
    ...more,
  ].join(' AND ');
  const runs: RunRecord[] = [];
  for await (const info of client.workflow.list({ query, pageSize: Math.min(limit, 200) })) {
    const run = recordOf(info);
    if (project === undefined || more.length > 0 || run.project === project) runs.push(run);
    if (runs.length === limit) break;
  }
  return runs.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

/** A value of the server's query language. */
export function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
