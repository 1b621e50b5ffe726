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
  type Published,
  type ReproduceOptions,
  type ReproduceResult,
  type RunState,
} from '../types.js';
import { withNominalTime } from '../nominal-time.js';
import { short } from './activities.js';
import { Board } from './board.js';
import { Control } from './control.js';
import type { Ledger } from './ledger.js';
import { nameSome } from './name-some.js';
import { openLedger } from './open-ledger.js';
import { parseInput } from './parse-input.js';
import { PlanRun } from './plan-run.js';
import { parseProgress } from './progress.js';
import { reportToParent } from './report-to-parent.js';

const stateQuery = defineQuery<RunState>(STATE_QUERY);
const progressSignal = defineSignal<[unknown]>(PROGRESS_SIGNAL);

/** Brings the outs of a DVC project up to date: `dvc repro`, durably and in parallel. */
export async function reproduce(input?: unknown): Promise<ReproduceResult> {
  const asked = parseInput(input);
  const options = { ...asked, workspace: withNominalTime(asked.workspace) };
  const board = new Board(options.targets);
  setHandler(stateQuery, () => board.state(), { description: 'where each stage is' });
  setHandler(
    progressSignal,
    (payload) => {
      const progress = parseProgress(payload);
      if (!progress) return;
      board.progressed(progress);
      if (options.reportToParent) reportToParent(progress);
    },
    {
      description: 'what a stage says of itself: {address, attempt, host, step?, total?, message?, metrics?}',
    },
  );

  const control = new Control(options.continued?.steering);
  const plan = await short.plan(options);
  control.planned(plan.stages);
  const carried = new Map(options.carried.map((stage) => [stage.address, stage]));
  board.planned(plan, carried);
  const ledger = openLedger(plan, options.carried, options.jobs);
  let published: Published | undefined;
  let stopped: ReproduceResult['stopped'];
  try {
    try {
      stopped = await runPlan(plan, options, board, ledger, control);
    } finally {
      published = await ledger.close();
    }
  } catch (error) {
    if (!(error instanceof ContinueAsNew)) board.finished(isCancellation(error) ? 'canceled' : 'failed');
    throw error;
  }

  const stages = merge(options, board);
  const result: ReproduceResult = {
    project: plan.project,
    stages,
    seconds: (Date.now() - startedAt(options)) / 1000,
    ...(plan.workspace.kind === 'git' ? { commit: plan.workspace.commit } : {}),
    ...(published ? { published } : {}),
    ...(stopped ? { stopped } : {}),
  };
  const failed = options.ignoreErrors ? [] : stages.filter((stage) => stage.outcome === 'failed');
  board.finished(failed.length > 0 ? 'failed' : stopped ? 'canceled' : 'succeeded');
  if (failed.length > 0) {
    const names = nameSome(failed.map((stage) => stage.address));
    throw ApplicationFailure.nonRetryable(
      `failed: ${names}\n${failed[0]?.error?.message ?? ''}`,
      'StageFailed',
      result,
    );
  }
  return result;
}

async function runPlan(
  plan: Plan,
  options: ReproduceOptions,
  board: Board,
  ledger: Ledger,
  control: Control,
): Promise<ReproduceResult['stopped']> {
  const run = new PlanRun(plan, options, board, ledger, control);
  await run.toEnd();
  // A long history: what is done stands in dvc.lock, so a new run of the same input takes up where this one is.
  if (run.isContinuing && board.isUnfinished) {
    const done = merge(options, board)
      .filter(({ outcome }) => outcome === 'ran' || outcome === 'restored' || outcome === 'failed')
      .map((stage) => (ledger.isAdded(stage) ? { ...stage, added: true as const } : stage));
    const workspace = await continuedWorkspace(options, ledger);
    const continued = { startedAt: startedAt(options), steering: control.steering };
    await continueAsNew<typeof reproduce>({ ...options, workspace, carried: done, continued });
  }
  return run.stopped;
}

/** Milliseconds since 1970: of the first part. */
function startedAt({ continued }: ReproduceOptions): number {
  return continued?.startedAt ?? workflowInfo().startTime.getTime();
}

/** A git workspace goes on from what was published: the new run knows no more than is in it. */
async function continuedWorkspace(
  options: ReproduceOptions,
  ledger: Ledger,
): Promise<ReproduceOptions['workspace']> {
  const published = await ledger.close();
  if (options.workspace.kind !== 'git' || !published) return options.workspace;
  const { asOf: _, ...workspace } = options.workspace;
  return { ...workspace, rev: published.branch, branch: published.branch };
}

/** What this part of the run did, and what earlier parts did. */
function merge(options: ReproduceOptions, board: Board): ReproduceResult['stages'] {
  const earlier = new Map(options.carried.map(({ added: _, ...stage }) => [stage.address, stage]));
  return board.summaries().map((stage) => earlier.get(stage.address) ?? stage);
}
