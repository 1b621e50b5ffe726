import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { withNominalTime } from '../nominal-time.js';
import { PROGRESS_SIGNAL, STATE_QUERY } from '../types.js';
import { activities } from './activities.js';
import { SweepBoard } from './board.js';
import { shouldStop } from './median-rule.js';
import { parseSweepInput } from './parse-input.js';
import { parseTrialProgress } from './progress-signal.js';
import { startTrial, type RunningTrial } from './run-trial.js';
import { createSearch, type Proposal } from './search/index.js';
import type { SweepPlan, TrialState } from './trial.js';
import type { SweepOptions, SweepResult, SweepState } from './types.js';

const stateQuery = defineQuery<SweepState>(STATE_QUERY);
const progressSignal = defineSignal<[unknown]>(PROGRESS_SIGNAL);

/** Tries params of a DVC project, each set in a copy of it, and says which are the best. */
export async function sweep(input?: unknown): Promise<SweepResult> {
  const options = parseSweepInput(input);
  const info = workflowInfo();
  const startedAt = options.carried?.startedAt ?? info.startTime.getTime();
  // The end of a run's id: its beginning is the time, and the same for a minute.
  const id = options.carried?.plan.id ?? (options.name || `sweep-${info.firstExecutionRunId.slice(-8)}`);
  const board = new SweepBoard(options, id, startedAt, options.carried);
  const running = new Map<string, RunningTrial>();
  setHandler(stateQuery, () => board.state(), { description: 'what each trial has come to' });
  setHandler(progressSignal, (payload) => onProgress(payload, options, board, running), {
    description: 'what a trial reports: {workflowId, progress}',
  });

  const plan = options.carried?.plan ?? (await begin(options, id));
  board.planned(plan);
  await record(plan, board);
  try {
    const more = await CancellationScope.cancellable(() => runTrials(plan, options, board, running));
    if (more) await continueAsNew<typeof sweep>({ ...options, carried: board.carried(plan) });
  } catch (error) {
    if (isCancellation(error)) {
      await CancellationScope.nonCancellable(async () => {
        await Promise.all([...running.values()].map((trial) => trial.ended));
        board.finished('canceled');
        await record(plan, board);
      });
    }
    throw error;
  }

  const { best } = board;
  board.finished(best ? 'succeeded' : 'failed');
  if (best && options.applyBest) await applyBest(plan, board, best);
  await record(plan, board);
  const result: SweepResult = { ...board.state(), seconds: (Date.now() - startedAt) / 1000 };
  if (best) return result;
  const reason =
    board.trials.find((trial) => trial.reason !== undefined)?.reason ?? board.ending ?? 'no trial began';
  throw ApplicationFailure.nonRetryable(`no trial came to its end\n${reason}`, 'SweepFailed', result);
}

async function begin(options: SweepOptions, id: string): Promise<SweepPlan> {
  const { params, asha, metric, targets, workspace } = options;
  return await activities.beginSweep({
    workspace: withNominalTime(workspace),
    id,
    run: workflowInfo().firstExecutionRunId,
    params: [...Object.keys(params), ...(asha ? [asha.resource] : [])],
    metric,
    targets,
  });
}

/** @returns true when more trials are to begin, in a run of the workflow whose history is short again */
async function runTrials(
  plan: SweepPlan,
  options: SweepOptions,
  board: SweepBoard,
  running: Map<string, RunningTrial>,
): Promise<boolean> {
  const search = createSearch(options);
  const clock = new CancellationScope();
  if (options.budgetHours > 0) {
    const left = board.startedAt + options.budgetHours * 3_600_000 - Date.now();
    void clock
      .run(() => sleep(Math.max(1, left)))
      .then(
        () => {
          board.end(`budgetHours (${options.budgetHours}) is spent`);
          for (const trial of running.values()) trial.stop('budgetHours is spent');
        },
        () => undefined,
      );
  }
  let begun = 0;
  let settled = 0;
  let recorded = 0;
  const isFull = () => begun >= options.trialsPerRun || workflowInfo().continueAsNewSuggested;
  try {
    for (;;) {
      if (options.budgetGpuHours > 0 && board.gpuHours >= options.budgetGpuHours)
        board.end(`budgetGpuHours (${options.budgetGpuHours}) is spent`);
      let proposal: Proposal | undefined;
      while (running.size < options.jobs && board.ending === undefined) {
        proposal = search(board.trials);
        if (!proposal || isFull()) break;
        begun++;
        void launch(proposal, plan, options, board, running).then(() => settled++);
      }
      if (settled > recorded) {
        // What ended stands in the project, or the repository, at once, for `sweep show` and `sweep apply`.
        recorded = settled;
        await record(plan, board);
        continue;
      }
      if (running.size === 0) return proposal !== undefined && board.ending === undefined;
      await condition(() => settled > recorded);
    }
  } finally {
    clock.cancel();
  }
}

function launch(
  { number, rung, params }: Proposal,
  plan: SweepPlan,
  options: SweepOptions,
  board: SweepBoard,
  running: Map<string, RunningTrial>,
): Promise<unknown> {
  const label = `${String(number).padStart(3, '0')}${rung === 0 ? '' : `-r${rung}`}`;
  const trial: TrialState = { label, number, rung, params, status: 'preparing', startedAt: Date.now() };
  const started = startTrial(trial, `${workflowInfo().workflowId}-${plan.id}-${label}`, plan, options, board);
  running.set(label, started);
  return started.ended.then(() => running.delete(label));
}

function onProgress(
  payload: unknown,
  options: SweepOptions,
  board: SweepBoard,
  running: ReadonlyMap<string, RunningTrial>,
): void {
  const report = parseTrialProgress(payload);
  if (!report) return;
  const [label, trial] = [...running].find(([, candidate]) => candidate.childId === report.workflowId) ?? [];
  if (label === undefined || !trial) return;
  board.progressed(label, report.progress);
  const { earlyStopping: rule } = options;
  const { step } = report.progress;
  const { rung, status } = board.get(label) ?? {};
  // One whose command has ended has only its results to be saved.
  if (!rule || step === undefined || status !== 'running') return;
  const others = board.trials
    .filter((other) => other.status === 'done' && other.rung === rung)
    .map((other) => board.reports(other.label))
    .filter((reports) => reports.length > 0);
  if (shouldStop(board.reports(label), step, others, rule))
    trial.stop(`${rule.metric} is worse than the median at step ${step}`);
}

async function record(plan: SweepPlan, board: SweepBoard): Promise<void> {
  const { workflowId, firstExecutionRunId: run } = workflowInfo();
  const { root, git } = plan;
  await board.record((state) =>
    activities.recordSweep({ root, ...(git ? { git } : {}), workflowId, run, state }),
  );
}

/** A workspace that has changed since is left as it is: the sweep did its work all the same. */
async function applyBest(
  plan: SweepPlan,
  board: SweepBoard,
  { label, experiment }: TrialState,
): Promise<void> {
  try {
    const ref = { root: plan.root, folder: plan.folder, sweep: plan.id, label };
    await activities.applyTrial({ ...ref, commit: experiment?.commit ?? '' });
    board.applied({ label });
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    board.applied({ label, error: error.cause?.message ?? error.message });
  }
}
