import { CancellationScope, isCancellation, patched } from '@temporalio/workflow';
import type { Plan, PlannedStage, ReproduceOptions, ReproduceResult, RunStageResult } from '../types.js';
import type { Board } from './board.js';
import { Interrupted, type Control } from './control.js';
import { untilDeserted } from './deserted.js';
import { Drain } from './drain.js';
import { Frontier, type Ready } from './frontier.js';
import { Lanes, MOST_AT_ONCE, type Lane } from './lanes.js';
import type { Ledger } from './ledger.js';
import {
  StageFailed,
  StageStopped,
  choosePlace,
  runStage,
  usageOf,
  type Place,
  type StageRecord,
} from './run-stage.js';
import { Semaphore } from './semaphore.js';
import { ServedQueues } from './served-queues.js';

/** The same of a queue that no worker serves: they wait beside those that run. */
const UNSERVED_AT_ONCE = 100;

/** Runs the stages of a plan, each as soon as those before it are done. */
export class PlanRun {
  readonly #slots: Semaphore;
  readonly #frontier: Frontier;
  readonly #lanes: Lanes;
  /** By queue. */
  readonly #unserved = new Map<string, Semaphore>();
  readonly #served = new ServedQueues();
  /** By address: whether an earlier part of this run has done it, or has failed to. */
  readonly #carried: ReadonlyMap<string, boolean>;
  /** Where the outs of stages that this run made are. */
  readonly #made = new Map<string, Pick<RunStageResult, 'host' | 'bytes'>>();
  /** Addresses of stages that were not up to date. */
  readonly #ran = new Set<string>();
  #begun = 0;
  /** Whose executions have not ended: they run, or wait for a worker. */
  #executing = 0;
  #allEnded = (): void => undefined;
  #thrown: { readonly reason: unknown } | undefined;
  #isStopping = false;
  /** What waits for a person, or for a worker that is not there, waits no longer. */
  #isLeaving = false;
  readonly #drain = new Drain(
    () => this.#isIdle(),
    () => (this.#drain.isFinal ? this.#leaveWaiting() : this.#goOn()),
  );
  /** Of those that were begun: how many are paused, or have no place among those that may run at once. */
  #waiting = 0;
  /** Addresses of those that were offered to a queue that no worker serves. */
  readonly #offered = new Set<string>();
  #stopped: ReproduceResult['stopped'];

  constructor(
    readonly plan: Plan,
    readonly options: ReproduceOptions,
    readonly board: Board,
    readonly ledger: Ledger,
    readonly control: Control,
  ) {
    this.#frontier = new Frontier(plan.stages);
    this.#slots = new Semaphore(options.jobs === 0 ? MOST_AT_ONCE : options.jobs);
    this.#carried = new Map(
      options.carried.map(({ address, outcome }) => [address, outcome !== 'failed' || this.#passesFailures]),
    );
    for (const { address } of options.carried) this.#ran.add(address);
    this.#lanes = new Lanes(plan.stages, options.jobs === 1 && patched('order-of-the-plan'));
  }

  /** The history is long: what was not begun is left to a run that continues this one. */
  get isContinuing(): boolean {
    return this.#drain.isOn && !this.#isStopping;
  }

  /** What depends on a failed stage is run all the same, on what there is of its outs. */
  get #passesFailures(): boolean {
    return this.options.ignoreErrors && this.plan.workspace.kind === 'path';
  }

  /** The stage that the run's `until` has stopped. */
  get stopped(): ReproduceResult['stopped'] {
    return this.#stopped;
  }

  /** @throws whatever ended it before its time, once all that ran has ended */
  async toEnd(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#allEnded = resolve;
      this.#goOn();
    });
    if (this.#thrown) throw this.#thrown.reason;
  }

  /**
   * Begins what may begin. A stage that must wait is a record in a queue until then, and no promise: those of ten thousand would
   * take a worker longer than a task may.
   */
  #goOn(): void {
    if (this.#begun === 0) this.#drain.lookBetween();
    if (!this.#isLeft) this.#beginReady();
    if (this.#begun > 0) return;
    this.#drain.end();
    this.#allEnded();
  }

  #beginReady(): void {
    for (let ready = this.#frontier.takeReady(); ready.length > 0; ready = this.#frontier.takeReady())
      for (const one of ready) this.#look(one);
    for (const { stage, lane } of this.#lanes.startable()) this.#begin(stage, lane);
  }

  /** No more is begun: what has not is left to a run that continues this one, or to nobody. */
  get #isLeft(): boolean {
    return this.#drain.isOn || this.#thrown !== undefined;
  }

  #isIdle(): boolean {
    return this.#begun === this.#waiting + this.#waitingForWorkers().length;
  }

  #waitingForWorkers(): readonly string[] {
    return [...this.#offered].filter((address) => this.board.get(address)?.status === 'waiting');
  }

  #leaveWaiting(): void {
    this.#isLeaving = true;
    for (const address of this.#waitingForWorkers()) this.control.interrupt(address);
  }

  /** What runs ends; what has not begun is blocked. */
  #stop(): void {
    this.#isStopping = true;
    if (patched('leaves-what-waits')) this.#leaveWaiting();
  }

  #look({ stage, missing }: Ready): void {
    const { address } = stage;
    const carried = this.#carried.get(address);
    if (stage.upToDate || carried !== undefined) return this.#frontier.ended(address, carried ?? true);
    if (missing !== undefined || this.#isStopping) return this.#block(address, missing);
    this.#lanes.add(stage);
  }

  get #whyStopping(): string {
    return this.#stopped ? `the run ends at ${this.#stopped.address}` : 'another stage failed';
  }

  #block(address: string, missing: string | undefined): void {
    const reason = missing === undefined ? this.#whyStopping : `${missing} failed`;
    this.board.change(address, { status: 'blocked', reason });
    this.control.finished(address);
    this.#frontier.ended(address, false);
  }

  #begin(stage: PlannedStage, lane: Lane): void {
    this.#begun++;
    lane.begun++;
    void this.#run(stage, lane)
      .then(
        (isGood) => this.#frontier.ended(stage.address, isGood),
        (reason: unknown) => (this.#thrown ??= { reason }),
      )
      .then(() => {
        this.#begun--;
        lane.begun--;
        this.#goOn();
      });
  }

  /** True when what depends on the stage may run. */
  async #run(stage: PlannedStage, lane: Lane): Promise<boolean> {
    const { address } = stage;
    const record: StageRecord = { attempt: 1, usage: undefined };
    try {
      for (;;) {
        await this.#untilRunnable(stage, lane);
        if (this.#isLeaving) return this.#leave(address);
        const current = this.control.current(stage);
        const place = await choosePlace(current, this.options, this.#nearest(stage), this.#served);
        // What waits for a worker that may never come must not keep a slot from the rest.
        const slots = place.served ? this.#slots : this.#slotsOf(place.queue);
        const hold = () => this.#whenFree(slots, () => this.#runOnce(current, place, record));
        const isAside = this.#lanes.isInOrder && !place.served;
        const isGood = isAside ? await this.#aside(lane, hold) : await hold();
        if (isGood !== 'interrupted') return isGood;
      }
    } finally {
      // What is left to a run that continues this one stays paused there.
      if (!this.#drain.isFinal) this.control.finished(address);
    }
  }

  /** False: what depends on it is not run. */
  #leave(address: string): false {
    if (this.#isStopping) this.board.change(address, { status: 'blocked', reason: this.#whyStopping });
    return false;
  }

  async #whenFree<T>(slots: Semaphore, run: () => Promise<T>): Promise<T> {
    this.#waiting++;
    return await slots.hold(() => {
      this.#waiting--;
      return run();
    });
  }

  #slotsOf(unserved: string): Semaphore {
    const known = this.#unserved.get(unserved) ?? new Semaphore(UNSERVED_AT_ONCE);
    this.#unserved.set(unserved, known);
    return known;
  }

  /** The host that holds most of a stage's inputs. In a folder that is worked in in place, there is nothing to be carried. */
  #nearest({ upstream }: PlannedStage): string | undefined {
    if (this.plan.workspace.kind === 'path' || this.options.localityWait === 0) return undefined;
    const held = new Map<string, number>();
    for (const { host, bytes } of upstream.flatMap((address) => this.#made.get(address) ?? []))
      held.set(host, (held.get(host) ?? 0) + bytes);
    const [most] = [...held].filter(([, bytes]) => bytes > 0).sort(([, a], [, b]) => b - a);
    return most?.[0];
  }

  #untilRunnable({ address }: PlannedStage, lane: Lane): Promise<void> {
    if (!this.control.isPaused(address)) return Promise.resolve();
    this.board.change(address, { status: 'paused' });
    // One that is not paused may stand behind thousands that are.
    return this.#aside(lane, () =>
      this.#idly(() => this.control.untilRunnable(address, () => this.#isLeaving)),
    );
  }

  async #idly(wait: () => Promise<void>): Promise<void> {
    this.#waiting++;
    try {
      await wait();
    } finally {
      this.#waiting--;
    }
  }

  /** Another may be begun meanwhile. */
  async #aside<T>(lane: Lane, wait: () => Promise<T>): Promise<T> {
    lane.begun--;
    void Promise.resolve().then(() => this.#goOn());
    try {
      return await wait();
    } finally {
      lane.begun++;
    }
  }

  /** Whoever served its labels may all leave: then it is looked at again, as one that nobody serves. */
  async #unlessDeserted<T>(
    { address, labels, heartbeat = this.options.heartbeat }: PlannedStage,
    { queue, served, fallback }: Place,
    run: () => Promise<T>,
  ): Promise<T> {
    if (labels.length === 0 || !served || fallback || !patched('deserted-queues')) return await run();
    const watch = new CancellationScope();
    void watch
      .run(() => {
        const said = (): unknown => this.board.get(address)?.progress;
        return untilDeserted({ queue, queues: this.#served, heartbeat, said });
      })
      .then(
        () => this.control.interrupt(address),
        // It has ended, or the run has.
        () => undefined,
      );
    try {
      return await run();
    } finally {
      watch.cancel();
    }
  }

  async #runOnce(stage: PlannedStage, place: Place, record: StageRecord): Promise<boolean | 'interrupted'> {
    const { address } = stage;
    const { plan, options, board, ledger, control } = this;
    if (this.#drain.isOn) {
      if (!patched('leaves-what-waits')) return false;
      await this.#idly(() => this.#drain.standBy());
    }
    if (this.#isStopping || this.#drain.isFinal) return this.#leave(address);
    // It may have waited for a slot while it was paused.
    if (control.isPaused(address)) return 'interrupted';
    board.begin(address);
    const inputs = await ledger.inputsOf(stage);
    const retries = (): number => control.current(stage).retries;
    const upstreamRan = stage.upstream.some((before) => this.#ran.has(before));
    try {
      this.#executing++;
      if (!place.served) this.#offered.add(address);
      let result: RunStageResult;
      try {
        result = await this.#unlessDeserted(stage, place, () =>
          control.interruptible(address, () =>
            runStage({
              stage,
              place,
              plan,
              options,
              board,
              inputs,
              record,
              upstreamRan,
              beside: this.#executing,
              retries,
            }),
          ),
        );
      } finally {
        this.#executing--;
        this.#offered.delete(address);
      }
      this.#made.set(address, { host: result.host, bytes: result.bytes });
      if (result.outcome !== 'skipped') this.#ran.add(address);
      if (result.lockEntry !== undefined)
        await ledger.commit(
          stage,
          result.lockEntry,
          () => this.#executing === 0 || this.#frontier.hasDependents(address),
        );
      board.change(address, { status: result.outcome, finishedAt: Date.now() });
      return true;
    } catch (error) {
      if (error instanceof Interrupted) {
        record.usage = usageOf(error.cause) ?? record.usage;
        return 'interrupted';
      }
      if (error instanceof StageFailed) {
        board.change(address, { status: 'failed', finishedAt: Date.now(), error: error.error });
        if (!options.keepGoing && !options.ignoreErrors) this.#stop();
        return this.#passesFailures;
      }
      if (error instanceof StageStopped) {
        const { metric = '' } = options.until ?? {};
        const reason = `${error.message}: ${metric} ${error.reached.value}`;
        board.change(address, { status: 'canceled', finishedAt: Date.now(), reason });
        this.#stopped ??= { address, ...error.reached };
        this.#stop();
        return false;
      }
      if (isCancellation(error)) board.change(address, { status: 'canceled', finishedAt: Date.now() });
      throw error;
    } finally {
      this.#drain.look();
    }
  }
}
