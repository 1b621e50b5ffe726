import { setImmediate } from 'node:timers/promises';
import type { Program, TensorData } from '../../compute/index.js';
import type { Task } from '../models/network.js';
import type { ParameterShapes } from '../models/parameters.js';
import type { NamedTensor } from '../models/safetensors/encode-safetensors.js';
import { predictionBatches } from '../text/prediction-batches.js';
import { averageFeeds, averageOf } from './averages.js';
import type { Tensors } from './weight-files.js';
import type { ExampleBatch, Examples } from './examples/examples.js';
import { inGroups, liveTensors } from './live-tensors.js';
import type { Optimizer } from './optimizers/optimizer.js';
import { passName } from './training-program.js';
import type { ValidationResult } from './validation.js';

export interface SessionOptions {
  readonly program: Program;
  /** What training changes beside the optimizer's state, with shapes: weights that train, and running statistics. */
  readonly changing: ParameterShapes;
  readonly optimizerState: ParameterShapes;
  readonly optimizer: Optimizer;
  /** Of the weights' averages; `null`: none are kept. */
  readonly averageDecay: number | null;
  readonly seed: number;
  readonly trainRows: number;
  /** Norms work with the batch's statistics: a batch with fewer rows than `trainRows` is not filled up. */
  readonly exactRows: boolean;
  readonly evalRows: number;
  readonly accumulation: number;
  readonly train: Examples;
  readonly validation: Examples;
  readonly task: Task;
}

interface Judged {
  readonly losses?: TensorData;
  readonly right?: TensorData;
  readonly counted: ExampleBatch['counted'];
}

/** A program with the data it is fed: whole updates and whole validations, in terms of rows. */
export class TrainingSession {
  readonly #options: SessionOptions;
  /** The batch of the pass after the one that runs. */
  #ahead: { readonly pass: number; readonly batch: Promise<ExampleBatch> } | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /**
   * One update of the weights.
   *
   * @param step updates done before
   * @param batches the rows of each forward pass
   * @param next those of the update after it: pictures are decoded while TensorFlow works
   */
  async update(
    step: number,
    batches: readonly Int32Array[],
    learningRate: number,
    next: readonly Int32Array[] = [],
  ): Promise<{ readonly loss: number; readonly gradNorm: number }> {
    const { program, optimizer, averageDecay } = this.#options;
    const scalars = optimizer.feedsAt(step + 1, learningRate);
    const result = await this.#step(step, batches, scalars, next);
    if (averageDecay !== null) program.run('average', averageFeeds(step + 1, averageDecay));
    return result;
  }

  async #step(
    step: number,
    batches: readonly Int32Array[],
    scalars: Readonly<Record<string, TensorData>>,
    next: readonly Int32Array[],
  ): Promise<{ readonly loss: number; readonly gradNorm: number }> {
    const { program, accumulation, train } = this.#options;
    // The mean is over all labels of the update, not of a batch: transformers#34191.
    const labels = batches.reduce((sum, batch) => batch.reduce((s, row) => s + train.labelsIn(row), sum), 0);
    if (accumulation === 1) {
      const [batch] = batches as [Int32Array];
      const { name, feeds } = await this.#pass('train', batch, labels, step, next[0]);
      const result = program.run(name, { ...feeds, ...scalars });
      return { loss: scalar(result.loss), gradNorm: scalar(result.grad_norm) };
    }
    let loss = 0;
    for (const [index, batch] of batches.entries()) {
      const pass = step * accumulation + index;
      const after = batches[index + 1] ?? next[0];
      const { name, feeds } = await this.#pass('accumulate', batch, labels, pass, after);
      loss += scalar(program.run(name, feeds).loss);
    }
    return { loss, gradNorm: scalar(program.run('apply', scalars).grad_norm) };
  }

  /** @returns `undefined` where `signal` ended it before it was through */
  async validate(
    onProgress: (done: number, total: number) => void,
    signal: AbortSignal | undefined,
  ): Promise<ValidationResult | undefined> {
    const { validation, evalRows, task } = this.#options;
    let [loss, rightRows, labelled, done] = [0, 0, 0, 0];
    let judged = false;
    for (const batch of predictionBatches(validation, evalRows)) {
      if (signal?.aborted) return undefined;
      const { losses, right, counted } = await this.#judge(batch);
      counted.forEach((counts, at) => {
        if (counts === 0) return;
        labelled++;
        loss += losses?.[at] as number;
        if (right?.[at] === 1) rightRows++;
      });
      judged = right !== undefined;
      done += batch.length;
      onProgress(done, validation.count);
      await setImmediate();
    }
    const mean = loss / labelled;
    const perplexity = task === 'causal-lm' ? { perplexity: Math.exp(mean) } : undefined;
    return { loss: mean, ...(judged ? { accuracy: rightRows / labelled } : {}), ...perplexity };
  }

  /** One batch, as wide as any: takes the memory of a validation. */
  async validateWidest(): Promise<void> {
    const { validation, evalRows } = this.#options;
    const widest = predictionBatches(validation, evalRows).at(-1);
    if (widest) await this.#judge(widest);
  }

  /** By row: losses and whether each is right, and over how many labels. */
  async #judge(batch: Int32Array): Promise<Judged> {
    const { program, validation, evalRows } = this.#options;
    const { width, inputs, labels, counted } = await validation.batch(batch, evalRows);
    return { counted, ...program.run(`evaluate/${width}`, { ...inputs, labels }) };
  }

  /** What training goes on from, read when it is asked for: see {@link liveTensors}. */
  liveWeights(): Tensors {
    return liveTensors(this.#options.program, this.#options.changing);
  }

  /** In the same way: names as in torch's optimizer state; and the averages. */
  liveOptimizerState(): Tensors {
    return liveTensors(this.#options.program, this.#options.optimizerState);
  }

  /** What is evaluated and saved: of each weight the average, where one is kept. Read when it is asked for. */
  liveModel(): Tensors {
    const { program, changing, optimizerState } = this.#options;
    const sources = [...changing].map(([name, shape]) => {
      const average = averageOf(name);
      return { name, source: optimizerState.has(average) ? average : name, shape };
    });
    const live = liveTensors(program, new Map(sources.map(({ source, shape }) => [source, shape])));
    return Object.fromEntries(sources.map(({ name, source }) => [name, live[source] as NamedTensor]));
  }

  /** Puts values back: weights, optimizer state, or both. */
  restore(tensors: Tensors): void {
    for (const group of inGroups(Object.keys(tensors), (name) => (tensors[name] as NamedTensor).shape))
      this.#options.program.assign(
        Object.fromEntries(group.map((name) => [name, (tensors[name] as NamedTensor).data])),
      );
  }

  /** The signature that a pass runs, and what it is fed. @param next rows of the pass after it, whose batch is begun */
  async #pass(
    kind: 'train' | 'accumulate',
    batch: Int32Array,
    labelsOfUpdate: number,
    pass: number,
    next: Int32Array | undefined,
  ): Promise<{ readonly name: string; readonly feeds: Readonly<Record<string, TensorData>> }> {
    const { trainRows, seed } = this.#options;
    const rows = this.#rowsOf(batch);
    const begun = this.#ahead?.pass === pass ? this.#ahead.batch : this.#batch(batch, pass);
    const { width, inputs, labels, counted } = await begun;
    if (next) {
      const ahead = this.#batch(next, pass + 1);
      // What is wrong with it is told when it is due, if it ever is.
      ahead.catch(() => {});
      this.#ahead = { pass: pass + 1, batch: ahead };
      // The run blocks the event loop: here decoding gets to its own threads.
      await setImmediate();
    }
    return {
      name: passName(kind, width, rows === trainRows ? undefined : rows),
      feeds: {
        ...inputs,
        labels,
        label_weights: counted.map((counts) => counts / labelsOfUpdate),
        dropout_counter: Int32Array.of(seed, pass),
      },
    };
  }

  #rowsOf(batch: Int32Array): number {
    return this.#options.exactRows ? batch.length : this.#options.trainRows;
  }

  async #batch(batch: Int32Array, pass: number): Promise<ExampleBatch> {
    const { train, seed } = this.#options;
    return train.batch(batch, this.#rowsOf(batch), { seed, pass });
  }
}

function scalar(values: ArrayLike<number> | undefined): number {
  return values?.[0] ?? NaN;
}
