import { performance } from 'node:perf_hooks';
import { Pace } from '../progress/pace.js';
import type { ProgressEvent, RunEvent, StageEvent } from '../display/index.js';
import type { RunState, StageProgress, StageState, StageSummary } from '../../workflows/index.js';
import { retryingText, retryingWork } from './retrying.js';
import type { LiveStage, Snapshot } from './snapshot.js';

const FINAL: ReadonlySet<StageState['status']> = new Set([
  'ran',
  'restored',
  'skipped',
  'failed',
  'blocked',
  'canceled',
]);

/** Turns what is seen of a run from time to time into events: each change once. */
export class Observer {
  #planned = false;
  readonly #said = new Map<string, string>();
  readonly #restarts = new Map<string, number>();
  /** How stages ended. */
  readonly #ended = new Map<string, StageState['status']>();
  readonly #paces = new Map<string, Pace>();

  constructor(readonly emit: (event: RunEvent) => void) {}

  see({ state, live, description }: Snapshot): void {
    for (const work of retryingWork(description)) {
      const message = retryingText(work);
      this.#say(`retrying ${work.what}`, { event: 'notice', code: 'retrying', message });
    }
    if (!state || state.stages.length === 0) return;
    this.#plan(state);
    for (const stage of state.stages) {
      const now = live.get(stage.address);
      this.#stage(stage, now);
      const progress = now?.running ? now.progress : stage.status === 'running' ? stage.progress : undefined;
      if (progress) this.#progress(progress);
    }
  }

  /** The end is known from the result, which may be newer than what was last seen. */
  finish(stages: readonly StageSummary[]): void {
    for (const { address, outcome, seconds, attempts, error } of stages) {
      const said = JSON.parse(this.#said.get(`stage ${address}`) ?? '{}') as Partial<StageEvent>;
      if (said.status === outcome) continue;
      this.#say(`stage ${address}`, {
        event: 'stage',
        address,
        queue: '',
        restarts: 0,
        ...said,
        status: outcome,
        attempt: attempts,
        ...(outcome === 'skipped' || outcome === 'blocked' ? {} : { seconds }),
        ...(error ? { error } : {}),
      });
    }
  }

  #plan(state: RunState): void {
    if (this.#planned) return;
    this.#planned = true;
    const stages = state.stages.map(({ address, queue }) => ({ address, queue }));
    this.emit({ event: 'plan', stages });
  }

  #stage(stage: StageState, live: LiveStage | undefined): void {
    const { address, queue, attempt, startedAt, finishedAt, waitingFor, reason, error } = stage;
    const restarts = Math.max(live?.restarts ?? 0, this.#restarts.get(address) ?? 0);
    this.#restarts.set(address, restarts);
    // Continued as new, a run knows less of what its earlier parts did.
    if (this.#ended.get(address) === stage.status) return;
    if (FINAL.has(stage.status)) this.#ended.set(address, stage.status);
    else this.#ended.delete(address);
    const moving = stage.status === 'scheduled' || stage.status === 'waiting' || stage.status === 'running';
    const status = !moving || !live ? stage.status : live.running ? 'running' : 'scheduled';
    this.#say(`stage ${address}`, {
      event: 'stage',
      address,
      status,
      queue,
      attempt,
      restarts,
      ...(startedAt === undefined ? {} : { startedAt: new Date(startedAt).toISOString() }),
      ...(startedAt !== undefined && finishedAt !== undefined
        ? { seconds: (finishedAt - startedAt) / 1000 }
        : {}),
      ...(waitingFor === undefined || status !== 'waiting' ? {} : { waitingFor }),
      ...(reason === undefined ? {} : { reason }),
      ...(error ? { error } : {}),
    });
    if (status === 'waiting' && waitingFor !== undefined) this.#unserved(address, waitingFor);
  }

  #unserved(address: string, label: string): void {
    this.#say(`notice ${address}`, {
      event: 'notice',
      code: 'label-unserved',
      message: `${address} waits for a worker with the label ${label}, and none is there; the rest goes on`,
      fix: 'start `reprise worker` on such a host, or run again with --cpu-fallback',
    });
  }

  #progress({ address, step, total, message, metrics, checkpoint, tail }: StageProgress): void {
    const secondsLeft = step === undefined ? undefined : this.#secondsLeft(address, step, total, message);
    const output = tail?.at(-1);
    const event: ProgressEvent = {
      event: 'progress',
      address,
      ...(step === undefined ? {} : { step }),
      ...(total === undefined ? {} : { total }),
      ...(message === undefined ? {} : { message }),
      ...(metrics === undefined ? {} : { metrics }),
      ...(checkpoint === undefined ? {} : { checkpoint }),
      ...(output === undefined ? {} : { output }),
    };
    // The time left changes with every look: alone it is no news.
    this.#say(`progress ${address}`, event, secondsLeft === undefined ? event : { ...event, secondsLeft });
  }

  #secondsLeft(
    address: string,
    step: number,
    total: number | undefined,
    message: string | undefined,
  ): number | undefined {
    let pace = this.#paces.get(address);
    if (!pace) this.#paces.set(address, (pace = new Pace(() => performance.now())));
    const { secondsLeft } = pace.measure({
      step,
      ...(total === undefined ? {} : { total }),
      ...(message === undefined ? {} : { message }),
    });
    return secondsLeft === undefined ? undefined : Math.round(secondsLeft * 10) / 10;
  }

  /** @param key what is compared with the last event of its name */
  #say(name: string, key: RunEvent, event: RunEvent = key): void {
    const text = JSON.stringify(key);
    if (this.#said.get(name) === text) return;
    this.#said.set(name, text);
    this.emit(event);
  }
}
