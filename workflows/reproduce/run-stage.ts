import { TimeoutType } from '@temporalio/common';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  TimeoutFailure,
  isCancellation,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import {
  hostQueue,
  stageQueue,
  type Plan,
  type PlannedStage,
  type Reached,
  type ReproduceOptions,
  type RunStageInput,
  type RunStageResult,
  type StageError,
  type StageUsage,
} from '../types.js';
import { stageActivities } from './activities.js';
import type { Board } from './board.js';
import type { ServedQueues } from './served-queues.js';

/** A stage that ended without its outs. */
export class StageFailed extends Error {
  constructor(readonly error: StageError) {
    super(error.message);
  }
}

/** A stage was stopped by the run's `until`: its checkpoint is where the next run of the same finds it. */
export class StageStopped extends Error {
  constructor(readonly reached: Reached) {
    super(`stopped at step ${reached.step} of ${reached.total}`);
  }
}

/** What a stage's executions have come to so far: it may be interrupted, and go on elsewhere. */
export interface StageRecord {
  /** Which run of its command is next, from 1. */
  attempt: number;
  usage: StageUsage | undefined;
}

export interface StageRun {
  readonly stage: PlannedStage;
  readonly place: Place;
  readonly plan: Plan;
  readonly options: ReproduceOptions;
  readonly board: Board;
  readonly inputs: Readonly<Record<string, string>> | undefined;
  readonly record: StageRecord;
  /** How many stages are under way with it. */
  readonly beside?: number;
  /** Whether a stage that it reads from has run. */
  readonly upstreamRan?: boolean;
  /** As they are when the command has failed: they may have been changed while it ran. */
  retries(): number;
}

/**
 * Runs one stage to its end, and its command again as often as its `retries` allow.
 *
 * @throws StageFailed, StageStopped, or a cancellation
 */
export async function runStage(run: StageRun): Promise<RunStageResult> {
  const { stage, place, plan, options, board, inputs, record, beside = 1 } = run;
  for (;;) {
    const { attempt } = record;
    board.change(stage.address, {
      status: place.served ? 'scheduled' : 'waiting',
      queue: place.queue,
      attempt,
      ...(place.served ? {} : { waitingFor: stage.labels.join(', ') }),
      ...(place.fallback ? { reason: `no worker serves ${stage.labels.join(', ')}: runs on the CPU` } : {}),
    });
    const summary = attempt === 1 ? stage.address : `${stage.address}, attempt ${attempt}`;
    const activity = (queue: string, waitForWorker: number) =>
      stageActivities(stage, options, queue, summary, waitForWorker).runStage;
    try {
      const input: RunStageInput = {
        workspace: plan.workspace,
        address: stage.address,
        force: options.force,
        ...(options.forceDownstream && run.upstreamRan ? { upstreamRan: true } : {}),
        ...(options.allowMissing ? { allowMissing: true } : {}),
        ...(options.pull ? { pull: true } : {}),
        ...(options.runCache ? {} : { runCache: false }),
        ...(options.commit ? {} : { commit: false }),
        ...(options.updateImports ? { updateImports: true } : {}),
        attempt,
        fallback: place.fallback,
        timeout: stage.timeout,
        ...(inputs ? { inputs } : {}),
        ...(record.usage ? { usage: record.usage } : {}),
        ...(beside === 1 ? {} : { beside }),
        ...(options.until ? { until: options.until } : {}),
        run: workflowInfo().firstExecutionRunId,
      };
      const anywhere = activity(place.queue, place.served ? 0 : options.labelTimeout);
      const { near } = place;
      const result =
        near === undefined
          ? await anywhere(input)
          : await activity(
              near,
              options.localityWait,
            )(input).catch((failure: unknown) => {
              if (!isUnstarted(failure)) throw failure;
              return anywhere(input);
            });
      board.change(stage.address, { usage: result.usage });
      board.ranOn(stage.address, result.host);
      return result;
    } catch (failure) {
      record.usage = usageOf(failure) ?? record.usage;
      if (record.usage) board.change(stage.address, { usage: record.usage });
      if (isCancellation(failure)) throw failure;
      const error = stageError(failure, stage);
      board.ranOn(stage.address, hostOf(failure));
      const reached = reachedOf(failure);
      if (reached) throw new StageStopped(reached);
      if (!mayRunAgain(failure, attempt, run.retries())) throw new StageFailed(error);
      record.attempt++;
      board.change(stage.address, {
        status: 'scheduled',
        reason: `attempt ${attempt} failed: ${error.message.split('\n')[0]}`,
      });
      await sleep(Math.min(60, 2 ** (attempt - 1)) * 1000);
    }
  }
}

/** No worker took it in time. */
function isUnstarted(failure: unknown): boolean {
  const cause = failure instanceof ActivityFailure ? failure.cause : undefined;
  return cause instanceof TimeoutFailure && cause.timeoutType === TimeoutType.SCHEDULE_TO_START;
}

/** Whatever ended an attempt, its failure says what the stage has used. */
export function usageOf(failure: unknown): StageUsage | undefined {
  const cause = failure instanceof ActivityFailure ? failure.cause : failure;
  const said =
    cause instanceof TimeoutFailure
      ? cause.lastHeartbeatDetails
      : cause instanceof ApplicationFailure || cause instanceof CancelledFailure
        ? cause.details?.[0]
        : undefined;
  return (said as { usage?: StageUsage } | undefined)?.usage;
}

/** How often a command that a signal ended is run again when the stage does not set `retries`. */
const RETRIES_AFTER_SIGNAL = 3;
/** And one that the system killed for want of memory: that may have been another's. */
const RETRIES_AFTER_MEMORY = 1;

function mayRunAgain(failure: unknown, attempt: number, retries: number): boolean {
  const cause = failure instanceof ActivityFailure ? failure.cause : undefined;
  if (!(cause instanceof ApplicationFailure)) return false;
  if (cause.type === 'stage-failed') return attempt <= retries;
  // Killed from outside: the command did not say that it cannot succeed.
  if (cause.type === 'stage-killed') return attempt <= Math.max(retries, RETRIES_AFTER_SIGNAL);
  if (cause.type === 'stage-out-of-memory') return attempt <= Math.max(retries, RETRIES_AFTER_MEMORY);
  return false;
}

/** Where a stage runs. */
export interface Place {
  readonly queue: string;
  /** The same of one host, which is asked first: it has the inputs. */
  readonly near?: string;
  readonly served: boolean;
  readonly fallback: boolean;
}

/**
 * Its labels' queue; when no worker polls that one, its fallback, or else the same queue to wait there.
 *
 * @param nearest id of the host that holds its inputs
 */
export async function choosePlace(
  stage: PlannedStage,
  options: ReproduceOptions,
  nearest: string | undefined,
  queues: ServedQueues,
): Promise<Place> {
  // The plain CPU queue is what every worker serves: only labels can be missing.
  const isPlain = stage.labels.length === 0;
  const near = nearest === undefined ? undefined : hostQueue(stage.queue, nearest);
  const asked = [...(isPlain ? [] : [stage.queue]), ...(near === undefined ? [] : [near])];
  const served = await queues.among(asked);
  if (near !== undefined && served.includes(near))
    return { queue: stage.queue, near, served: true, fallback: false };
  if (isPlain || served.includes(stage.queue)) return { queue: stage.queue, served: true, fallback: false };
  const fallbackQueue = stage.fallbackQueue ?? (options.cpuFallback ? stageQueue([]) : undefined);
  if (fallbackQueue === undefined) return { queue: stage.queue, served: false, fallback: false };
  return { queue: fallbackQueue, served: true, fallback: true };
}

/** Where a command failed. */
function hostOf(failure: unknown): string | undefined {
  return detailsOf<{ host?: string }>(failure)?.host;
}

function reachedOf(failure: unknown): Reached | undefined {
  return detailsOf<{ reached?: Reached }>(failure)?.reached;
}

function detailsOf<T>(failure: unknown): T | undefined {
  const cause = failure instanceof ActivityFailure ? failure.cause : undefined;
  return cause instanceof ApplicationFailure ? (cause.details?.[0] as T | undefined) : undefined;
}

function stageError(failure: unknown, stage: PlannedStage): StageError {
  const cause = failure instanceof ActivityFailure ? failure.cause : failure;
  if (cause instanceof TimeoutFailure) {
    if (cause.timeoutType === TimeoutType.SCHEDULE_TO_START) {
      return {
        code: 'label-unserved',
        message:
          `${stage.address} waits for a worker with the label ${stage.labels.join(', ')}, and none came\n` +
          '  fix: start `reprise worker` on such a host, or run with --cpu-fallback',
      };
    }
    return {
      code: 'stage-timeout',
      message: `${stage.address} ran for longer than its timeout of ${stage.timeout} s`,
    };
  }
  if (cause instanceof ApplicationFailure) {
    const details = (cause.details?.[0] ?? {}) as { tail?: readonly string[] };
    return {
      code: cause.type ?? 'unexpected',
      message: cause.message,
      ...(details.tail ? { tail: details.tail } : {}),
    };
  }
  return { code: 'unexpected', message: cause instanceof Error ? cause.message : String(cause) };
}
