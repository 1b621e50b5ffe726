import {
  ApplicationFailure,
  ContinueAsNew,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  PROGRESS_SIGNAL,
  STATE_QUERY,
  type Plan,
  type PlannedStage,
  type Published,
  type ReproduceOptions,
  type ReproduceResult,
  type RunState,
  type StageProgress,
} from '../types.js';
import { short } from './activities.js';
import { Board } from './board.js';
import type { Ledger } from './ledger.js';
import { openLedger } from './open-ledger.js';
import { parseInput } from './parse-input.js';
import { StageFailed, choosePlace, runStage } from './run-stage.js';
import { Semaphore } from './semaphore.js';

const stateQuery = defineQuery<RunState>(STATE_QUERY);
const progressSignal = defineSignal<[StageProgress]>(PROGRESS_SIGNAL);

/** Brings the outs of a DVC project up to date: `dvc repro`, durably and in parallel. */
export async function reproduce(input?: unknown): Promise<ReproduceResult> {
  const options = parseInput(input);
  const board = new Board();
  setHandler(stateQuery, () => board.state());
  setHandler(progressSignal, (progress) => board.progressed(progress));

  const plan = await short.plan(options);
  board.planned(plan, new Set(options.carried.map((stage) => stage.address)));
  const ledger = openLedger(plan);
  let published: Published | undefined;
  try {
    try {
      await runPlan(plan, options, board, ledger);
    } finally {
      published = await ledger.close();
    }
  } catch (error) {
    if (!(error instanceof ContinueAsNew)) board.finished(isCancellation(error) ? 'canceled' : 'failed');
    throw error;
  }

  const started = workflowInfo().startTime.getTime();
  const stages = merge(options, board);
  const result: ReproduceResult = {
    project: plan.project,
    stages,
    seconds: (Date.now() - started) / 1000,
    ...(published ? { published } : {}),
  };
  const failed = stages.filter((stage) => stage.outcome === 'failed');
  board.finished(failed.length > 0 ? 'failed' : 'succeeded');
  if (failed.length > 0) {
    const names = failed.map((stage) => stage.address).join(', ');
    throw ApplicationFailure.nonRetryable(
      `failed: ${names}\n${failed[0]?.error?.message ?? ''}`,
      'StageFailed',
      result,
    );
  }
  return result;
}

async function runPlan(plan: Plan, options: ReproduceOptions, board: Board, ledger: Ledger): Promise<void> {
  const slots = new Semaphore(options.jobs);
  const ends = new Map<string, Promise<boolean>>();
  const carried = new Set(options.carried.map((stage) => stage.address));
  let stopping = false;
  let continuing = false;

  /** True when the stage's outs are good. */
  const runOne = async (stage: PlannedStage): Promise<boolean> => {
    const upstream = await Promise.all(stage.upstream.map((address) => ends.get(address) ?? true));
    const missing = stage.upstream[upstream.indexOf(false)];
    if (stage.upToDate || carried.has(stage.address)) return true;
    const place = await choosePlace(stage, options);
    // What waits for a worker that may never come must not keep a slot from the rest.
    const hold = place.served
      ? <T>(run: () => Promise<T>) => slots.hold(run)
      : <T>(run: () => Promise<T>) => run();
    return await hold(async () => {
      if (continuing) return false;
      if (missing !== undefined || stopping) {
        board.change(stage.address, {
          status: 'blocked',
          reason: missing === undefined ? 'another stage failed' : `${missing} failed`,
        });
        return false;
      }
      board.change(stage.address, { startedAt: Date.now() });
      try {
        const result = await runStage(stage, place, plan.workspace, options, board, ledger);
        if (result.lockEntry !== undefined) await ledger.commit(stage, result.lockEntry);
        board.change(stage.address, { status: result.outcome, finishedAt: Date.now() });
        if (workflowInfo().continueAsNewSuggested) continuing = true;
        return true;
      } catch (error) {
        if (!(error instanceof StageFailed)) {
          if (isCancellation(error))
            board.change(stage.address, { status: 'canceled', finishedAt: Date.now() });
          throw error;
        }
        board.change(stage.address, { status: 'failed', finishedAt: Date.now(), error: error.error });
        if (!options.keepGoing) stopping = true;
        return false;
      }
    });
  };

  for (const stage of plan.stages) ends.set(stage.address, runOne(stage));
  const settled = await Promise.allSettled(ends.values());
  const thrown = settled.find((end) => end.status === 'rejected');
  if (thrown) throw thrown.reason;
  // A long history: what is done stands in dvc.lock, so a new run of the same input takes up where this one is.
  if (continuing && !stopping && unfinished(board)) {
    const done = merge(options, board).filter(
      (stage) => stage.outcome === 'ran' || stage.outcome === 'restored',
    );
    const workspace = await continuedWorkspace(options, ledger);
    await continueAsNew<typeof reproduce>({ ...options, workspace, carried: done });
  }
}

/** A git workspace goes on from what was published: the new run knows no more than is in it. */
async function continuedWorkspace(
  options: ReproduceOptions,
  ledger: Ledger,
): Promise<ReproduceOptions['workspace']> {
  const published = await ledger.close();
  if (options.workspace.kind !== 'git' || !published) return options.workspace;
  return { ...options.workspace, rev: published.branch, branch: published.branch };
}

function unfinished(board: Board): boolean {
  return board.state().stages.some((stage) => stage.status === 'pending');
}

/** What this part of the run did, over what earlier parts did. */
function merge(options: ReproduceOptions, board: Board): ReproduceResult['stages'] {
  const earlier = new Map(options.carried.map((stage) => [stage.address, stage]));
  return board
    .summaries()
    .map((stage) => (stage.outcome === 'skipped' ? (earlier.get(stage.address) ?? stage) : stage));
}
