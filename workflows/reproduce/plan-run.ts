import { isCancellation, workflowInfo } from '@temporalio/workflow';
import type { Plan, PlannedStage, ReproduceOptions, RunStageResult } from '../types.js';
import type { Board } from './board.js';
import { Interrupted, type Control } from './control.js';
import type { Ledger } from './ledger.js';
import { StageFailed, choosePlace, runStage, usageOf, type Place, type StageRecord } from './run-stage.js';
import { Semaphore } from './semaphore.js';
import { ServedQueues } from './served-queues.js';

/** A workflow may have 2,000 activities under way; more workers than this have slots for nobody has. */
const MOST_AT_ONCE = 1000;
/** The same of a queue that no worker serves: they wait beside those that run. */
const UNSERVED_AT_ONCE = 100;

/** Runs the stages of a plan, each as soon as those before it are done. */
export class PlanRun {
  readonly #slots: Semaphore;
  readonly #ends = new Map<string, Promise<boolean>>();
  /** By queue. */
  readonly #unserved = new Map<string, Semaphore>();
  readonly #served = new ServedQueues();
  /** By address: whether an earlier part of this run has done it, or has failed to. */
  readonly #carried: ReadonlyMap<string, boolean>;
  /** Where the outs of stages that this run made are. */
  readonly #made = new Map<string, Pick<RunStageResult, 'host' | 'bytes'>>();
  #isStopping = false;
  #hasLongHistory = false;

  constructor(
    readonly plan: Plan,
    readonly options: ReproduceOptions,
    readonly board: Board,
    readonly ledger: Ledger,
    readonly control: Control,
  ) {
    this.#slots = new Semaphore(options.jobs === 0 ? MOST_AT_ONCE : options.jobs);
    this.#carried = new Map(options.carried.map(({ address, outcome }) => [address, outcome !== 'failed']));
  }

  /** The history is long: what was not begun is left to a run that continues this one. */
  get isContinuing(): boolean {
    return this.#hasLongHistory && !this.#isStopping;
  }

  /** @throws whatever ended it before its time, once all that ran has ended */
  async toEnd(): Promise<void> {
    for (const stage of this.plan.stages) this.#ends.set(stage.address, this.#run(stage));
    const settled = await Promise.allSettled(this.#ends.values());
    const thrown = settled.find((end) => end.status === 'rejected');
    if (thrown) throw thrown.reason;
  }

  /** True when the stage's outs are good. */
  async #run(stage: PlannedStage): Promise<boolean> {
    const { address } = stage;
    const upstream = await Promise.all(stage.upstream.map((before) => this.#ends.get(before) ?? true));
    const missing = stage.upstream[upstream.indexOf(false)];
    const carried = this.#carried.get(address);
    if (stage.upToDate || carried !== undefined) return carried ?? true;
    const record: StageRecord = { attempt: 1, usage: undefined };
    try {
      for (;;) {
        await this.#untilRunnable(stage);
        const current = this.control.current(stage);
        const place = await choosePlace(current, this.options, this.#nearest(stage), this.#served);
        // What waits for a worker that may never come must not keep a slot from the rest.
        const slots = place.served ? this.#slots : this.#slotsOf(place.queue);
        const isGood = await slots.hold(() => this.#runOnce(current, place, record, missing));
        if (isGood !== 'interrupted') return isGood;
      }
    } finally {
      this.control.finished(address);
    }
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

  async #untilRunnable({ address }: PlannedStage): Promise<void> {
    if (!this.control.isPaused(address)) return;
    this.board.change(address, { status: 'paused' });
    await this.control.untilRunnable(address);
  }

  async #runOnce(
    stage: PlannedStage,
    place: Place,
    record: StageRecord,
    missing: string | undefined,
  ): Promise<boolean | 'interrupted'> {
    const { address } = stage;
    const { plan, options, board, ledger, control } = this;
    if (this.#hasLongHistory) return false;
    if (missing !== undefined || this.#isStopping) {
      const reason = missing === undefined ? 'another stage failed' : `${missing} failed`;
      board.change(address, { status: 'blocked', reason });
      return false;
    }
    // It may have waited for a slot while it was paused.
    if (control.isPaused(address)) return 'interrupted';
    board.begin(address);
    const inputs = await ledger.inputsOf(stage);
    const retries = (): number => control.current(stage).retries;
    try {
      const result = await control.interruptible(address, () =>
        runStage({ stage, place, plan, options, board, inputs, record, retries }),
      );
      this.#made.set(address, { host: result.host, bytes: result.bytes });
      if (result.lockEntry !== undefined) await ledger.commit(stage, result.lockEntry);
      board.change(address, { status: result.outcome, finishedAt: Date.now() });
      if (workflowInfo().continueAsNewSuggested) this.#hasLongHistory = true;
      return true;
    } catch (error) {
      if (error instanceof Interrupted) {
        record.usage = usageOf(error.cause) ?? record.usage;
        return 'interrupted';
      }
      if (error instanceof StageFailed) {
        board.change(address, { status: 'failed', finishedAt: Date.now(), error: error.error });
        if (!options.keepGoing) this.#isStopping = true;
        return false;
      }
      if (isCancellation(error)) board.change(address, { status: 'canceled', finishedAt: Date.now() });
      throw error;
    }
  }
}
