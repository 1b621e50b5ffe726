import { setImmediate } from 'node:timers/promises';
import type { Program } from '../../compute/index.js';
import type { NamedTensor } from '../models/safetensors/encode-safetensors.js';
import type { EncodedTexts } from '../text/encoded-texts.js';
import { padBatch, type PaddedBatch } from '../text/padded-batch.js';
import { predictionBatches } from '../text/prediction-batches.js';
import { adamFeedsAt, firstMoment, secondMoment, type AdamWSettings } from './adamw.js';
import type { Tensors } from './checkpoint.js';
import { scoreLogits, type ValidationResult } from './validation.js';

/** Texts as ids with their classes. */
export interface EncodedRows {
  readonly texts: EncodedTexts;
  readonly labels: Int32Array;
}

export interface SessionOptions {
  readonly program: Program;
  /** What trains, with shapes. In a fixed order. */
  readonly trainable: ReadonlyMap<string, readonly number[]>;
  readonly classes: number;
  readonly optimizer: AdamWSettings;
  readonly seed: number;
  readonly trainRows: number;
  readonly evalRows: number;
  readonly accumulation: number;
  readonly buckets: readonly number[];
  readonly padId: number;
  readonly train: EncodedRows;
  readonly validation: EncodedRows;
}

/** A program with the data it is fed: whole updates and whole validations, in terms of rows. */
export class TrainingSession {
  readonly #options: SessionOptions;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /**
   * One update of the weights.
   *
   * @param step updates done before
   * @param batches the rows of each forward pass
   */
  update(
    step: number,
    batches: readonly Int32Array[],
    learningRate: number,
  ): { readonly loss: number; readonly gradNorm: number } {
    const { program, accumulation, optimizer } = this.#options;
    const adam = adamFeedsAt(optimizer, step + 1, learningRate);
    const rows = batches.reduce((sum, batch) => sum + batch.length, 0);
    if (accumulation === 1) {
      const [batch] = batches as [Int32Array];
      const { width, feeds } = this.#passFeeds(batch, rows, step);
      const result = program.run(`train/${width}`, { ...feeds, ...adam });
      return { loss: scalar(result.loss), gradNorm: scalar(result.grad_norm) };
    }
    let loss = 0;
    batches.forEach((batch, index) => {
      const { width, feeds } = this.#passFeeds(batch, rows, step * accumulation + index);
      loss += scalar(program.run(`accumulate/${width}`, feeds).loss);
    });
    return { loss, gradNorm: scalar(program.run('apply', adam).grad_norm) };
  }

  /** @returns `undefined` where `signal` ended it before it was through */
  async validate(
    onProgress: (done: number, total: number) => void,
    signal: AbortSignal | undefined,
  ): Promise<ValidationResult | undefined> {
    const { program, validation, evalRows, classes } = this.#options;
    const logits = new Float32Array(validation.labels.length * classes);
    let done = 0;
    for (const batch of predictionBatches(validation.texts, evalRows)) {
      if (signal?.aborted) return undefined;
      const padded = this.#pad(validation.texts, batch, evalRows);
      const result = program.run(`evaluate/${padded.width}`, inputFeeds(padded)).logits as Float32Array;
      batch.forEach((row, at) =>
        logits.set(result.subarray(at * classes, (at + 1) * classes), row * classes),
      );
      done += batch.length;
      onProgress(done, validation.labels.length);
      await setImmediate();
    }
    return scoreLogits(logits, validation.labels, classes);
  }

  readWeights(): Tensors {
    return this.#read((name) => name);
  }

  /** Names as in torch's optimizer state. */
  readMoments(): Tensors {
    return { ...this.#read(firstMoment), ...this.#read(secondMoment) };
  }

  /** Puts values back: weights, moments, or both. */
  restore(tensors: Tensors): void {
    this.#options.program.assign(
      Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data])),
    );
  }

  #read(variable: (parameter: string) => string): Tensors {
    const { program, trainable } = this.#options;
    const values = program.read([...trainable.keys()].map(variable));
    const tensors: Record<string, NamedTensor> = {};
    for (const [name, shape] of trainable)
      tensors[variable(name)] = { shape, data: values[variable(name)] as Float32Array };
    return tensors;
  }

  #passFeeds(batch: Int32Array, rowsOfUpdate: number, pass: number): { width: number; feeds: Feeds } {
    const { train, trainRows, seed } = this.#options;
    const padded = this.#pad(train.texts, batch, trainRows);
    const labels = new Int32Array(trainRows);
    const weights = new Float32Array(trainRows);
    batch.forEach((row, at) => {
      labels[at] = train.labels[row] as number;
      weights[at] = 1 / rowsOfUpdate;
    });
    return {
      width: padded.width,
      feeds: {
        ...inputFeeds(padded),
        labels,
        row_weights: weights,
        dropout_counter: Int32Array.of(seed, pass),
      },
    };
  }

  #pad(texts: EncodedTexts, batch: Int32Array, rows: number): PaddedBatch {
    const { buckets, padId } = this.#options;
    return padBatch(texts, batch, rows, buckets, padId);
  }
}

type Feeds = Readonly<Record<string, Float32Array | Int32Array>>;

function inputFeeds({ inputIds, attentionMask }: PaddedBatch): Feeds {
  return { input_ids: inputIds, attention_mask: attentionMask };
}

function scalar(values: ArrayLike<number> | undefined): number {
  return values?.[0] ?? NaN;
}
