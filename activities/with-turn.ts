import { join } from 'node:path';
import type { Project } from '../dvc/index.js';
import { Turn } from '../runner/index.js';
import { LocalStore } from '../storage/index.js';
import type { RunStageInput } from '../workflows/index.js';
import type { AbsentState } from './absent-state.js';
import type { ActivityDependencies } from './dependencies.js';
import { giveBack } from './give-back.js';

/**
 * Runs a stage's command while no equal one runs: on any host that has the same remote, or, for a folder that is worked in in
 * place, the same cache. When one does, the stage comes back in a while, and finds in the run cache what that one made.
 */
export async function withTurn<T>(
  { deps, input, project, absent }: TurnPlace,
  key: string,
  run: () => Promise<T>,
): Promise<T> {
  const store = absent?.remote?.store ?? new LocalStore(join(project.config.cacheDir, 'reprise'));
  const { address, attempt } = input;
  const turn = await Turn.take(store, key, `${input.run ?? 'alone'}/${address}`);
  if (!turn) {
    throw giveBack(
      { type: 'equal-stage-runs', message: 'waits for an equal stage of another run', delay: '3 seconds' },
      { address, attempt, host: deps.hostId },
    );
  }
  try {
    return await run();
  } finally {
    // What cannot be removed now is passed over once it has been silent for a while.
    await turn.end().catch(() => undefined);
  }
}

interface TurnPlace {
  readonly deps: ActivityDependencies;
  readonly input: RunStageInput;
  readonly project: Project;
  readonly absent: AbsentState | undefined;
}
