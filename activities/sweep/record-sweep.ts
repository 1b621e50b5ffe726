import { readRecord, writeRecord } from '../../runner/index.js';
import type { RecordSweepInput, SweepState } from '../../workflows/index.js';
import type { ActivityDependencies } from '../dependencies.js';
import { folderInside } from './folder-inside.js';

/** Merges what changed into the sweep's record. Doing it twice changes nothing. */
export async function recordSweep(deps: ActivityDependencies, input: RecordSweepInput): Promise<void> {
  const { workflowId, run, state } = input;
  const root = await folderInside(deps, input.root);
  const before = (await readRecord(root, state.id))?.state as SweepState | undefined;
  const trials = new Map([...(before?.trials ?? []), ...state.trials].map((trial) => [trial.label, trial]));
  await writeRecord(root, {
    id: state.id,
    workflowId,
    run,
    status: state.status,
    startedAt: new Date(state.startedAt).toISOString(),
    state: { ...state, trials: [...trials.values()] },
  });
}
