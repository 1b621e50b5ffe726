import { ApplicationFailure } from '@temporalio/workflow';
import type { ReproduceInput, ReproduceResult, StageSummary } from '../types.js';
import { short } from './activities.js';
import { Board } from './board.js';
import { openLedger } from './open-ledger.js';
import { parseInput } from './parse-input.js';
import { ServedQueues } from './served-queues.js';
import { StageFailed, choosePlace, runStage } from './run-stage.js';

/**
 * For a workflow of somebody else's: brings one stage up to date, with its retries and its entry in dvc.lock, as `reproduce` does
 * it. It asks for the activities of the workflow's own queue, and leaves the workflow's details, memo and handlers alone.
 *
 * @param target as `dvc repro --single-item` takes it: a stage, or an out
 * @throws ApplicationFailure `StageFailed`
 */
export async function reproduceStage(
  target: string,
  options: Omit<NonNullable<ReproduceInput>, 'targets' | 'singleItem' | 'ignoreErrors' | 'until'> = {},
): Promise<Omit<ReproduceResult, 'seconds'>> {
  const input = parseInput({ ...options, targets: [target], singleItem: true });
  const plan = await short.plan(input);
  const ledger = openLedger(plan);
  // Without a plan it knows no stage, and so shows none.
  const board = new Board([]);
  const stages: StageSummary[] = [];
  const queues = new ServedQueues();
  for (const stage of plan.stages) {
    const { address } = stage;
    if (stage.upToDate) {
      stages.push({ address, outcome: 'skipped', seconds: 0, attempts: 0 });
      continue;
    }
    const place = await choosePlace(stage, input, undefined, queues);
    const inputs = await ledger.inputsOf(stage);
    const record = { attempt: 1, usage: undefined };
    const run = { stage, place, plan, options: input, board, inputs, record, retries: () => stage.retries };
    const { outcome, seconds, lockEntry } = await runStage(run).catch((error: unknown) => {
      if (!(error instanceof StageFailed)) throw error;
      throw ApplicationFailure.nonRetryable(error.message, 'StageFailed', { address, error: error.error });
    });
    if (lockEntry !== undefined) await ledger.commit(stage, lockEntry);
    stages.push({ address, outcome, seconds, attempts: record.attempt });
  }
  const published = await ledger.close();
  return { project: plan.project, stages, ...(published ? { published } : {}) };
}
