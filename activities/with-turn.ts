import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import type { Project } from '../dvc/index.js';
import { Turn } from '../runner/index.js';
import { LocalStore, type ObjectStore } from '../storage/index.js';
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
  run: (turn: Turn) => Promise<T>,
): Promise<T> {
  const { address, attempt } = input;
  const { heartbeatTimeoutMs } = Context.current().info;
  const turn = await Turn.take(storeOf({ project, absent }), key, ownerOf(input), heartbeatTimeoutMs);
  if (!turn) {
    throw giveBack(
      { type: 'equal-stage-runs', message: 'waits for an equal stage of another run', delay: '3 seconds' },
      { address, attempt, host: deps.hostId },
    );
  }
  try {
    return await run(turn);
  } finally {
    await turn.end();
  }
}

/** Removes what earlier attempts of this stage, and others that are gone, left of their turns. */
export async function sweepTurns({ input, ...place }: Omit<TurnPlace, 'deps'>, key: string): Promise<void> {
  await Turn.sweep(storeOf(place), key, ownerOf(input));
}

export function storeOf({ project, absent }: Pick<TurnPlace, 'project' | 'absent'>): ObjectStore {
  return absent?.remote?.store ?? new LocalStore(join(project.config.cacheDir, 'reprise'));
}

function ownerOf({ run, address }: RunStageInput): string {
  return `${run ?? 'alone'}/${address}`;
}

interface TurnPlace {
  readonly deps: ActivityDependencies;
  readonly input: RunStageInput;
  readonly project: Project;
  readonly absent: AbsentState | undefined;
}
