import {
  formatRecord,
  parseRecord,
  readRecord,
  removeTrialCheckpoints,
  writeRecord,
  type SweepRecord,
} from '../../runner/index.js';
import type { RecordSweepInput, SweepState } from '../../workflows/index.js';
import type { ActivityDependencies } from '../dependencies.js';
import { folderInside } from './folder-inside.js';
import { editGitRecord } from './git-records.js';

const ENDED: ReadonlySet<SweepState['status']> = new Set(['succeeded', 'failed', 'canceled']);

/** Merges what changed into the sweep's record. Doing it twice changes nothing. */
export async function recordSweep(deps: ActivityDependencies, input: RecordSweepInput): Promise<void> {
  const { git, state } = input;
  if (git) {
    await editGitRecord(deps, git, state.id, (before) =>
      formatRecord(merged(before === undefined ? undefined : parseRecord(before, git.url), input)),
    );
    return;
  }
  const root = await folderInside(deps, input.root);
  await writeRecord(root, merged(await readRecord(root, state.id), input));
  if (ENDED.has(state.status)) await removeTrialCheckpoints(root, state.id);
}

function merged(before: SweepRecord | undefined, { workflowId, run, state }: RecordSweepInput): SweepRecord {
  const known = (before?.state as SweepState | undefined)?.trials ?? [];
  const trials = new Map([...known, ...state.trials].map((trial) => [trial.label, trial]));
  return {
    id: state.id,
    workflowId,
    run,
    status: state.status,
    startedAt: new Date(state.startedAt).toISOString(),
    state: { ...state, trials: [...trials.values()] },
  };
}
