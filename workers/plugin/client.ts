import type { Client, WorkflowHandle, WorkflowStartOptions } from '@temporalio/client';
import {
  STATE_QUERY,
  type ReproduceInput,
  type ReproduceResult,
  type RunState,
} from '../../workflows/index.js';

/** A run, as a client holds it. */
export type RunHandle = WorkflowHandle<(input?: ReproduceInput) => Promise<ReproduceResult>>;

export interface StartReproduceOptions extends Omit<
  WorkflowStartOptions<(input: ReproduceInput) => Promise<ReproduceResult>>,
  'args'
> {
  readonly input?: ReproduceInput;
}

/** Starts `reproduce` on a queue whose worker has the plugin, or is `reprise worker` (queue `reprise`). */
export async function startReproduce(client: Client, options: StartReproduceOptions): Promise<RunHandle> {
  const { input = {}, ...rest } = options;
  return await client.workflow.start('reproduce', { ...rest, args: [input] });
}

/** Where the run's stages are. Needs a worker, also when the run has ended. */
export async function stateOf(handle: Pick<WorkflowHandle, 'query'>): Promise<RunState> {
  return await handle.query<RunState>(STATE_QUERY);
}
