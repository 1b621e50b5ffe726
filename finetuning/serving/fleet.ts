import { setTimeout as sleep } from 'node:timers/promises';
import { DiagnosticError } from '../../diagnostics/index.js';
import { EngineLost, startEngine, type Engine } from './engine/engine.js';
import { isRefusal, type Refusal } from './engine/messages.js';
import { errorOf } from './engine/refusal.js';
import { Admission } from './queue/admission.js';
import { Batcher } from './queue/batcher.js';
import type {
  ClassifierInput,
  EngineSizes,
  GenerationRequest,
  GenerationResult,
  ModelSource,
  ScoredToken,
  ServedModel,
} from './types.js';

export interface FleetOptions {
  readonly sizes: EngineSizes;
  readonly maxQueue: number;
  readonly maxWaitMs: number;
  /** What an operator should know, a line. */
  readonly log: (line: string) => void;
  readonly onBatch?: (model: string, size: number) => void;
  readonly onRestart?: () => void;
}

interface Classification {
  readonly input: ClassifierInput;
  readonly resolve: (row: Float32Array | Refusal) => void;
  readonly reject: (error: Error) => void;
}

/** @param tokens those of the text, where they are asked for */
type OnText = (text: string, tokens: readonly ScoredToken[]) => void;

interface Generation {
  readonly request: GenerationRequest;
  readonly canceled: AbortSignal;
  readonly onText: OnText;
  readonly resolve: (result: GenerationResult | Refusal) => void;
  readonly reject: (error: Error) => void;
}

interface Queues {
  readonly classify: Batcher<Classification>;
  readonly generate: Admission<Generation>;
}

/** One set of models in one process, with their queues. */
class Crew {
  readonly queues: ReadonlyMap<string, Queues>;
  /** Requests that have not ended. */
  going = 0;
  /** Its process has ended without being asked to. */
  lost = false;
  #idle: (() => void) | undefined;

  constructor(
    readonly engine: Engine,
    { sizes, maxQueue, maxWaitMs, onBatch }: FleetOptions,
  ) {
    this.queues = new Map(
      engine.models.map(({ name }) => {
        const { maxBatch } = sizes;
        const computed = (size: number): void => onBatch?.(name, size);
        return [
          name,
          {
            classify: new Batcher<Classification>({
              ...{ maxBatch, maxQueue, maxWaitMs },
              onBatch: computed,
              run: (batch) => classifyBatch(engine, name, batch),
            }),
            generate: new Admission<Generation>({
              ...{ most: maxBatch, maxQueue },
              run: (one) => generate(engine, name, one, computed),
            }),
          },
        ] as const;
      }),
    );
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.going++;
    try {
      return await work();
    } finally {
      if (--this.going === 0) this.#idle?.();
    }
  }

  /** Ends the process when its last request has ended. */
  async retire(): Promise<void> {
    if (this.going > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    await this.engine.close();
  }
}

async function classifyBatch(engine: Engine, name: string, batch: readonly Classification[]): Promise<void> {
  try {
    const rows = await engine.classify(
      name,
      batch.map(({ input }) => input),
    );
    batch.forEach(({ resolve }, at) => resolve(rows[at] as Float32Array | Refusal));
  } catch (error) {
    for (const { reject } of batch) reject(error as Error);
  }
}

async function generate(
  engine: Engine,
  name: string,
  { request, canceled, onText, resolve, reject }: Generation,
  onBegin: (together: number) => void,
): Promise<void> {
  try {
    resolve(await engine.generate(name, request, { canceled, onBegin, onText }));
  } catch (error) {
    reject(error as Error);
  }
}

/** Milliseconds before a process that was lost is started again; twice as long after each that is lost at once. */
const RESTART_MS = { first: 500, most: 30_000 };

/**
 * The models that are served now. `replace` opens others beside them, turns to these, and lets the old ones end what they
 * have begun: no request is dropped. A process that is lost is started again.
 */
export class Fleet {
  readonly #options: FleetOptions;
  #crew: Crew | undefined;
  #sources: readonly ModelSource[] = [];
  #closed = false;
  readonly #retiring = new Set<Promise<void>>();

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  get models(): readonly ServedModel[] {
    return this.#crew?.engine.models ?? [];
  }

  get isReady(): boolean {
    return this.#crew !== undefined && !this.#crew.lost && !this.#closed;
  }

  /** Inputs that wait, of all models. */
  get waiting(): number {
    const all = [...(this.#crew?.queues.values() ?? [])];
    return all.reduce((sum, { classify, generate }) => sum + classify.waiting + generate.waiting, 0);
  }

  /** @throws DiagnosticError of bad model folders: what was served is served still */
  async replace(sources: readonly ModelSource[]): Promise<void> {
    const engine = await startEngine(sources, this.#options.sizes);
    if (this.#closed) return engine.close();
    const old = this.#crew;
    this.#sources = sources;
    this.#crew = new Crew(engine, this.#options);
    void this.#watch(this.#crew);
    if (old) this.#retire(old);
  }

  /**
   * @returns one for each input: logits [labels]
   * @throws DiagnosticError `queue-full`, `not-ready`, `bad-image`; EngineLost
   */
  async classify(
    model: string,
    inputs: readonly ClassifierInput[],
    canceled: AbortSignal,
  ): Promise<Float32Array[]> {
    const crew = this.#ready();
    const { classify } = crew.queues.get(model) as Queues;
    return crew.during(async () => {
      const results: Promise<Float32Array | Refusal>[] = [];
      const waiting: Classification[] = [];
      for (const input of inputs)
        results.push(new Promise((resolve, reject) => void waiting.push({ input, resolve, reject })));
      const all = Promise.all(results);
      // It may be refused before anybody listens.
      all.catch(() => undefined);
      classify.add(waiting);
      const drop = (): void => {
        for (const one of waiting) if (classify.remove(one)) one.reject(canceled.reason as Error);
      };
      canceled.addEventListener('abort', drop, { once: true });
      const rows = await all.finally(() => canceled.removeEventListener('abort', drop));
      return rows.map((row) => {
        if (isRefusal(row)) throw errorOf(row);
        return row;
      });
    });
  }

  /** @throws DiagnosticError `queue-full`, `not-ready`, `prompt-too-long`; EngineLost */
  async generate(
    model: string,
    request: GenerationRequest,
    canceled: AbortSignal,
    onText: OnText,
  ): Promise<GenerationResult> {
    const crew = this.#ready();
    const { generate } = crew.queues.get(model) as Queues;
    return crew.during(async () => {
      const result = await new Promise<GenerationResult | Refusal>((resolve, reject) => {
        const one: Generation = { request, canceled, onText, resolve, reject };
        generate.add(one);
        const drop = (): void => {
          if (generate.remove(one)) reject(canceled.reason as Error);
        };
        if (canceled.aborted) drop();
        canceled.addEventListener('abort', drop, { once: true });
      });
      if (isRefusal(result)) throw errorOf(result);
      return result;
    });
  }

  /** Waits for what is going on, then ends the processes. Nothing new is taken. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#crew) this.#retire(this.#crew);
    await Promise.all(this.#retiring);
  }

  #ready(): Crew {
    if (this.isReady) return this.#crew as Crew;
    throw new DiagnosticError('not-ready', {
      message: this.#closed ? 'the server is about to end' : 'the model is being loaded',
      fix: 'try again in a moment',
      transient: true,
    });
  }

  #retire(crew: Crew): void {
    const retired = crew.retire().finally(() => this.#retiring.delete(retired));
    this.#retiring.add(retired);
  }

  async #watch(crew: Crew): Promise<void> {
    await crew.engine.gone;
    crew.lost = true;
    for (let wait = RESTART_MS.first; this.#crew === crew && !this.#closed;) {
      this.#options.log(`the process that holds the models has ended; it is started again`);
      this.#options.onRestart?.();
      const lost = this.#crew;
      await sleep(wait);
      wait = Math.min(2 * wait, RESTART_MS.most);
      if (this.#closed || this.#crew !== lost) return;
      try {
        await this.replace(this.#sources);
      } catch (error) {
        this.#options.log(`it does not start: ${(error as Error).message}`);
      }
    }
  }
}

export { EngineLost };
