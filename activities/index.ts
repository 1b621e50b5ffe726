/** What the workflows do to the world: thin verbs over `dvc/` and `runner/`. */
import { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type {
  DescribeActivities,
  HostActivities,
  ReproduceActivities,
  RetrainActivities,
  StageProgress,
  SweepActivities,
  WorkerDescription,
} from '../workflows/index.js';
import { commitLock } from './commit-lock.js';
import type { ActivityDependencies } from './dependencies.js';
import { toFailure, type FailurePlace } from './failure-converter.js';
import { GpuMeter } from './gpu-meter.js';
import { plan } from './plan.js';
import { publish } from './publish.js';
import { readLog } from './read-log.js';
import { judgeCandidate, recordJudged } from './retrain/judge-candidate.js';
import { notify } from './retrain/notify.js';
import { planRetrain } from './retrain/plan-retrain.js';
import { predict } from './retrain/predict.js';
import { promoteModel, reserveVersion } from './retrain/promote-model.js';
import { runStage } from './run-stage.js';
import { servedQueues } from './served-queues.js';
import { createSweepActivities } from './sweep/index.js';
import { withSlot } from './with-slot.js';
export { checkoutContents, type CheckoutContents } from './retrain/checkout-contents.js';
export { codeIn } from './retrain/contents.js';
export { repositoryName } from './repository-name.js';
export type {
  ActivityDependencies,
  GpuLeases,
  MemoryLeases,
  RunAddress,
  StageSlots,
} from './dependencies.js';

export type ShortActivities = Omit<ReproduceActivities, 'runStage'> &
  Omit<RetrainActivities, 'predict'> &
  SweepActivities;
export type StageActivities = Pick<ReproduceActivities, 'runStage'> & Pick<RetrainActivities, 'predict'>;

/** For the queue `reprise`. */
export function createShortActivities(deps: ActivityDependencies): ShortActivities {
  return {
    plan: (options) => beating(() => plan(deps, options), { isPrivate: options.workspace.kind === 'git' }),
    commitLock: (input) => beating(() => commitLock(deps, input)),
    publish: (input) => beating(() => publish(deps, input), { isPrivate: true }),
    servedQueues: (queues) => beating(() => servedQueues(deps, queues)),
    planRetrain: (input) => beating(() => planRetrain(deps, input)),
    judgeCandidate: (input) => beating(() => judgeCandidate(deps, input)),
    recordJudged: (input) => beating(() => recordJudged(deps, input)),
    reserveVersion: (input) => beating(() => reserveVersion(deps, input)),
    promoteModel: (input) => beating(() => promoteModel(deps, input)),
    notify: (input) => beating(() => notify(deps, input)),
    ...beatingAll(createSweepActivities(deps)),
  };
}

/** For the queues that stages run on. */
export function createStageActivities(deps: ActivityDependencies): StageActivities {
  return {
    runStage(input) {
      const { info } = Context.current();
      const { usage = input.usage, handedBack = 0 } = (info.heartbeatDetails ?? {}) as Partial<StageProgress>;
      const meter = new GpuMeter(usage);
      return withSlot(deps, input, () =>
        converted(() => runStage(deps, input, meter), {
          address: input.address,
          host: deps.hostId,
          meter,
          isPrivate: input.workspace.kind === 'git',
          hasBegun: info.attempt - handedBack > 1 || input.attempt > 1,
        }),
      );
    },
    predict: (input) => beating(() => predict(deps, input), { address: 'the predict command' }),
  };
}

/** For the queue that only this host serves. */
export function createHostActivities(deps: Pick<ActivityDependencies, 'root'>): HostActivities {
  return { readLog: (input) => converted(() => readLog(deps, input)) };
}

/** For the queue on which one worker answers. */
export function createDescribeActivities(
  describe: () => WorkerDescription | Promise<WorkerDescription>,
): DescribeActivities {
  return { describeWorker: async () => describe() };
}

function beatingAll(sweep: SweepActivities): SweepActivities {
  return {
    beginSweep: (input) => beating(() => sweep.beginSweep(input)),
    prepareTrial: (trial) => beating(() => sweep.prepareTrial(trial)),
    collectTrial: (trial) => beating(() => sweep.collectTrial(trial)),
    removeTrial: (trial) => beating(() => sweep.removeTrial(trial)),
    recordSweep: (input) => beating(() => sweep.recordSweep(input)),
    applyTrial: (trial) => beating(() => sweep.applyTrial(trial)),
  };
}

async function beating<T>(run: () => Promise<T>, place: FailurePlace = {}): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), 5_000);
  try {
    return await converted(run, place);
  } finally {
    clearInterval(timer);
  }
}

async function converted<T>(run: () => Promise<T>, place: FailurePlace = {}): Promise<T> {
  try {
    return await run();
  } catch (error) {
    // Only a request ends it as canceled: what a drained worker breaks off is an attempt that Temporal makes again elsewhere.
    if (Context.current().cancellationDetails?.cancelRequested) {
      throw new CancelledFailure('canceled', [{ usage: place.meter?.usage }]);
    }
    throw toFailure(error, place);
  }
}
