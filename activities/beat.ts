import { Context } from '@temporalio/activity';
import { PROGRESS_SIGNAL, type RunStageInput, type StageProgress } from '../workflows/index.js';
import type { ActivityDependencies } from './dependencies.js';
import type { GpuMeter } from './gpu-meter.js';
import { signalPause } from './signal-pace.js';

const BEAT_MS = 1_000;

/**
 * Keeps a running stage's heartbeat, which carries its newest progress, and tells the workflow now and then, so that the UI's
 * table moves. Ends with {@link stop}.
 */
export class Beat {
  readonly #started = Date.now();
  #signals = 0;
  #signalled = this.#started;
  #progress: StageProgress;
  readonly #timer: NodeJS.Timeout;

  constructor(
    readonly deps: ActivityDependencies,
    readonly input: Pick<RunStageInput, 'address' | 'attempt' | 'beside'>,
    meter: GpuMeter,
  ) {
    const { address, attempt } = input;
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
    const pause = signalPause(now - this.#started, this.input.beside ?? 1, this.#signals);
    if (now - this.#signalled < pause) return;
    this.#signalled = now;
    this.#signals++;
    const { workflowId, runId } = context.info.workflowExecution ?? { workflowId: '', runId: '' };
    // A signal that is lost costs a row in a table; the heartbeat still carries the same.
    this.deps.client.workflow
      .getHandle(workflowId, runId)
      .signal(PROGRESS_SIGNAL, this.#progress)
      .catch(() => undefined);
  }
}
