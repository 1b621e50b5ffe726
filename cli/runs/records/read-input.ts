import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';

/** What a run was started with, as its first event has it. */
export async function readInput(
  client: Client,
  execution: { readonly workflowId: string; readonly runId: string },
): Promise<Readonly<Record<string, unknown>>> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution,
    maximumPageSize: 1,
  });
  const payloads = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
  const [input] = await decodeArrayFromPayloads(client.options.loadedDataConverter, payloads);
  return input !== null && typeof input === 'object' ? { ...input } : {};
}
