import { Context } from '@temporalio/activity';
import { PROGRESS_SIGNAL, type StageProgress } from '../workflows/index.js';
import type { ActivityDependencies } from './dependencies.js';
import type { GpuMeter } from './gpu-meter.js';

/** Signals go to history, so they thin out as a stage grows long: about 20 · ln(T / 5 min) for a stage of T. */
const FIRST_SIGNAL_MS = 2_000;
const SIGNAL_EVERY_MS = 15_000;
const SIGNAL_SHARE = 20;
const BEAT_MS = 1_000;

/**
 * Keeps a running stage's heartbeat, which carries its newest progress, and tells the workflow now and then, so that the UI's
 * table moves. Ends with {@link stop}.
 */
export class Beat {
  readonly #started = Date.now();
  #signalled = 0;
  #progress: StageProgress;
  readonly #timer: NodeJS.Timeout;

  constructor(
    readonly deps: ActivityDependencies,
    address: string,
    attempt: number,
    meter: GpuMeter,
  ) {
    const context = Context.current();
    const { handedBack } = (context.info.heartbeatDetails ?? {}) as Partial<StageProgress>;
    this.#progress = {
      address,
      attempt,
      host: deps.hostId,
      ...(handedBack === undefined ? {} : { handedBack }),
    };
    this.#timer = setInterval(() => {
      this.update({ usage: meter.usage });
      context.heartbeat(this.#progress);
      this.#signal(context);
    }, BEAT_MS);
  }

  update(change: Partial<StageProgress>): void {
    this.#progress = { ...this.#progress, ...change };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #signal(context: Context): void {
    const now = Date.now();
    const age = now - this.#started;
    const wait = this.#signalled === 0 ? FIRST_SIGNAL_MS : Math.max(SIGNAL_EVERY_MS, age / SIGNAL_SHARE);
    if (now - (this.#signalled || this.#started) < wait) return;
    this.#signalled = now;
    const { workflowId, runId } = context.info.workflowExecution ?? { workflowId: '', runId: '' };
    // A signal that is lost costs a row in a table; the heartbeat still carries the same.
    this.deps.client.workflow
      .getHandle(workflowId, runId)
      .signal(PROGRESS_SIGNAL, this.#progress)
      .catch(() => undefined);
  }
}
