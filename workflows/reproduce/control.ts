import { CancellationScope, condition, defineUpdate, isCancellation, setHandler } from '@temporalio/workflow';
import type { UpdateDefinition } from '@temporalio/common';
import { z } from 'zod';
import { stageQueue, type PlannedStage } from '../types.js';
import { invalid, parsePayload } from '../parse-input.js';
import { stageChange, type StageChange, type Steering } from './input.js';
import { nameSome } from './name-some.js';

// zod's compiled parsers need `new Function`, which has no place in the workflow sandbox.
z.config({ jitless: true });

const address = z.string().min(1);

const pauseInput = z.strictObject({ stage: address.optional() }).prefault({});
const configureInput = stageChange
  .extend({ stage: address })
  .refine((change) => Object.keys(change).length > 1, { message: 'names nothing to change' });

/** What a person does to a run while it runs. Each answers with the stages that it reached. */
const pauseUpdate = defineUpdate<readonly string[], [unknown]>('pause');
const resumeUpdate = defineUpdate<readonly string[], [unknown]>('resume');
const configureUpdate = defineUpdate<readonly string[], [unknown]>('configure');

/** A stage's command was ended on request: it has saved a checkpoint, and goes on when it may. */
export class Interrupted extends Error {}

/** Pauses, resumes and changes the stages of one run. */
export class Control {
  #plan: readonly PlannedStage[] = [];
  #allPaused: boolean;
  readonly #paused: Set<string>;
  readonly #changes: Map<string, StageChange>;
  readonly #running = new Map<string, { readonly scope: CancellationScope; interrupted: boolean }>();
  readonly #done = new Set<string>();

  /** @param steering what was asked of earlier parts of the run */
  constructor({ allPaused = false, paused = [], changes = {} }: Partial<Steering> = {}) {
    this.#allPaused = allPaused;
    this.#paused = new Set(paused);
    this.#changes = new Map(Object.entries(changes));
    const pausing = '{stage?}: a stage, or all that have not ended';
    this.#handle(pauseUpdate, pausing, pauseInput, ({ stage }) => this.#pause(stage));
    this.#handle(resumeUpdate, pausing, pauseInput, ({ stage }) => this.#resume(stage));
    this.#handle(
      configureUpdate,
      '{stage, labels?, retries?, timeout?, priority?}: of a stage that has not ended',
      configureInput,
      (input) => this.#configure(input),
    );
  }

  /** An update that comes before the plan waits for it. */
  #handle<T extends { readonly stage?: string | undefined }>(
    update: UpdateDefinition<readonly string[], [unknown]>,
    description: string,
    schema: z.ZodType<T>,
    act: (input: T) => readonly string[],
  ): void {
    setHandler(
      update,
      async (payload) => {
        await condition(() => this.#plan.length > 0, '10 minutes');
        return act(this.#parse(schema, payload));
      },
      { description, validator: (payload) => void this.#parse(schema, payload) },
    );
  }

  planned(stages: readonly PlannedStage[]): void {
    this.#plan = stages;
    for (const stage of stages) if (stage.upToDate) this.#done.add(stage.address);
  }

  finished(stage: string): void {
    this.#done.add(stage);
  }

  isPaused(stage: string): boolean {
    return this.#allPaused || this.#paused.has(stage);
  }

  /** Returns when the stage may run, or `isLeft`. */
  async untilRunnable(stage: string, isLeft: () => boolean): Promise<void> {
    await condition(() => !this.isPaused(stage) || isLeft());
  }

  /** For a run that continues this one. */
  get steering(): Steering {
    return {
      allPaused: this.#allPaused,
      paused: [...this.#paused],
      changes: Object.fromEntries(this.#changes),
    };
  }

  /** The stage as it is to be run now. */
  current(stage: PlannedStage): PlannedStage {
    const change = this.#changes.get(stage.address);
    if (!change) return stage;
    const {
      labels = stage.labels,
      retries = stage.retries,
      timeout = stage.timeout,
      priority = stage.priority,
    } = change;
    const { fallbackQueue, ...rest } = stage;
    return {
      ...rest,
      labels,
      queue: stageQueue(labels),
      // A fallback is for the labels that it stands beside.
      ...(fallbackQueue === undefined || change.labels ? {} : { fallbackQueue }),
      retries,
      timeout,
      priority,
    };
  }

  /** @throws Interrupted when it was ended by a pause or a change; whatever `run` throws otherwise */
  async interruptible<T>(stage: string, run: () => Promise<T>): Promise<T> {
    const running = { scope: new CancellationScope(), interrupted: false };
    this.#running.set(stage, running);
    try {
      return await running.scope.run(run);
    } catch (error) {
      if (running.interrupted && isCancellation(error)) {
        const interrupted = new Interrupted();
        interrupted.cause = error;
        throw interrupted;
      }
      throw error;
    } finally {
      this.#running.delete(stage);
    }
  }

  #pause(stage: string | undefined): readonly string[] {
    if (stage === undefined) this.#allPaused = true;
    else this.#paused.add(stage);
    return this.#reached(stage, (address) => this.interrupt(address));
  }

  #resume(stage: string | undefined): readonly string[] {
    const paused = this.#reached(stage, () => undefined).filter((address) => this.isPaused(address));
    if (stage === undefined) {
      this.#allPaused = false;
      this.#paused.clear();
    } else if (this.#allPaused) {
      // All but this one stay as they are.
      this.#allPaused = false;
      for (const { address } of this.#plan) if (address !== stage) this.#paused.add(address);
    } else this.#paused.delete(stage);
    return paused;
  }

  #configure({ stage, ...change }: z.output<typeof configureInput>): readonly string[] {
    this.#changes.set(stage, { ...this.#changes.get(stage), ...change });
    // How often it is run again is only asked when it has failed; the rest is said when it starts.
    const isNow = change.labels !== undefined || change.timeout !== undefined;
    return this.#reached(stage, (address) => isNow && this.interrupt(address));
  }

  #reached(stage: string | undefined, act: (address: string) => unknown): readonly string[] {
    const addresses = this.#plan.map(({ address }) => address).filter((address) => !this.#done.has(address));
    const reached = stage === undefined ? addresses : addresses.filter((address) => address === stage);
    for (const address of reached) act(address);
    return reached;
  }

  /** Ends what runs of a stage, or waits: where it goes on is chosen anew. */
  interrupt(stage: string): void {
    const running = this.#running.get(stage);
    if (!running) return;
    running.interrupted = true;
    running.scope.cancel();
  }

  #parse<T extends { stage?: string | undefined }>(schema: z.ZodType<T>, payload: unknown): T {
    const input = parsePayload(schema, payload);
    if (input.stage === undefined || this.#plan.length === 0) return input;
    const { stage } = input;
    if (!this.#plan.some(({ address }) => address === stage))
      throw invalid(
        'stage',
        `${stage} is not in this run; its stages are: ${nameSome(this.#plan.map(({ address }) => address))}`,
      );
    if (this.#done.has(stage)) throw invalid('stage', `${stage} has ended already`);
    return input;
  }
}
