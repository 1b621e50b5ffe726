import {
  asLoss,
  clipByGlobalNorm,
  productCrossEntropy,
  productLosses,
  tf,
  type ProgramDefinition,
  type SignatureDefinition,
  type SignatureResult,
  type SignatureScope,
  type TensorSpec,
} from '../../compute/index.js';
import type { Method } from '../methods/method.js';
import { parameterOf } from '../models/forward.js';
import { modelVariables } from '../models/inference-program.js';
import { keepAll, type Dropout } from '../models/layers/forward-context.js';
import type { Network } from '../models/network.js';
import { averageOf, averageSignature, withAverages } from './averages.js';
import { countedDropout, dropoutCounterFeed } from './dropout.js';
import { labelSpec, lossesOf, rightOf } from './losses.js';
import type { Optimizer } from './optimizers/optimizer.js';

export interface ProgramSettings {
  readonly network: Network;
  readonly method: Method;
  readonly optimizer: Optimizer;
  readonly maxGradNorm: number;
  /** Share of each label that is spread over all classes, in training; absent: 0. */
  readonly labelSmoothing?: number;
  /** NEFTune's α; absent or `null`: no noise. */
  readonly noiseAlpha?: number | null;
  /** Calculate each block once more in the backward pass, in place of keeping what is in it. */
  readonly recomputes?: boolean;
  /** Products of matrices in bfloat16; weights, gradients and moments stay float32. */
  readonly narrows?: boolean;
  /** Keep averages of what trains, and evaluate these. */
  readonly averages?: boolean;
  /** Of a language model: rows whose logits are there at once; absent: see `rowsOfLogits`. */
  readonly logitRows?: number;
  readonly trainRows: number;
  /** Fewer rows that a batch may have too. Where norms work with the batch's statistics, none may be filled up. */
  readonly fewerRows?: readonly number[];
  readonly evalRows: number;
  /** Padded lengths that occur, each of which gets a signature. */
  readonly trainWidths: readonly number[];
  readonly evalWidths: readonly number[];
  /** More than one forward pass per update: gradients are summed in variables. */
  readonly accumulates: boolean;
}

const accumulated = (parameter: string): string => `${parameter}/accumulated`;

/** @param fewer rows than the training's batches have */
export function passName(kind: 'train' | 'accumulate', width: number, fewer?: number): string {
  return fewer === undefined ? `${kind}/${width}` : `${kind}/${width}/${fewer}`;
}

/**
 * The graphs of a training:
 * - `train/W`: one update from one batch of padded length W; `train/W/R` from one of R rows, where that counts,
 * - `accumulate/W` and `apply`: the same in parts, where an update takes several batches,
 * - `average`: moves the averages on, after an update, where they are kept,
 * - `evaluate/W`: the loss of each label, and whether it was given, where that can be said.
 */
export function trainingProgram(settings: ProgramSettings): ProgramDefinition {
  const { network, method, optimizer, trainWidths, evalWidths, accumulates } = settings;
  const variables = modelVariables(network, method);
  for (const name of method.trainable) {
    const { shape } = variables[name] as TensorSpec;
    for (const [state, stateShape] of optimizer.state(name, shape))
      variables[state] = { shape: stateShape, dtype: 'float32' };
    if (accumulates) variables[accumulated(name)] = { shape, dtype: 'float32' };
    if (settings.averages === true) variables[averageOf(name)] = { shape, dtype: 'float32' };
  }
  const signatures: Record<string, SignatureDefinition> = {};
  for (const width of trainWidths)
    for (const fewer of [undefined, ...(settings.fewerRows ?? [])])
      signatures[passName(accumulates ? 'accumulate' : 'train', width, fewer)] = passSignature(
        fewer === undefined ? settings : { ...settings, trainRows: fewer },
        width,
      );
  if (accumulates) signatures.apply = applySignature(settings);
  if (settings.averages === true) signatures.average = averageSignature(method.trainable);
  for (const width of evalWidths) signatures[`evaluate/${width}`] = evaluateSignature(settings, width);
  return { variables, signatures };
}

/**
 * Do norms work with the batch's statistics, and move the running ones? Only where they train: a frozen base keeps the
 * statistics that it was pretrained with, which an adapter's file could not carry.
 */
export function movesBuffers(network: Network, method: Method): boolean {
  const trainable = new Set(method.trainable);
  return network.buffers.size > 0 && [...network.shapes.keys()].every((name) => trainable.has(name));
}

function passSignature(settings: ProgramSettings, width: number): SignatureDefinition {
  const { network, optimizer, trainRows: rows, accumulates } = settings;
  const labels = network.labelCount(rows, width);
  return {
    ...precision(settings),
    feeds: {
      ...network.feeds(rows, width),
      labels: labelSpec(network, rows, width),
      // 1 / (labels of the whole update that count) for a label that counts, 0 for the others.
      label_weights: { shape: [labels], dtype: 'float32' },
      dropout_counter: dropoutCounterFeed,
      ...(accumulates ? {} : optimizer.feeds),
    },
    build(scope) {
      const { loss, gradients, buffers } = lossAndGradients(settings, scope);
      if (!accumulates) return step(settings, scope, gradients, { loss }, buffers);
      const sums = [...gradients].map(
        ([name, gradient]) =>
          [accumulated(name), tf.add(scope.variables[accumulated(name)] as tf.Variable, gradient)] as const,
      );
      return { outputs: { loss }, updates: { ...buffers, ...Object.fromEntries(sums) } };
    },
  };
}

/** Weighted losses of a batch, in all. */
function summedLoss(
  settings: ProgramSettings,
  method: Method,
  { variables, feeds }: SignatureScope,
  dropout: Dropout,
  update: ((buffer: string, value: tf.Tensor) => void) | undefined,
): tf.Scalar {
  const { network, labelSmoothing: smoothing = 0 } = settings;
  const [labels, weights] = [feeds.labels as tf.Tensor, feeds.label_weights as tf.Tensor1D];
  const { languageHead: head } = network;
  if (head && smoothing === 0) {
    const features = head.features(variables, feeds, method, dropout);
    const table = parameterOf(variables, method, head.table) as tf.Tensor2D;
    const rows = rowsOfLogits(settings, head.table, features.shape[0]);
    return productCrossEntropy(features, table, labels as tf.Tensor1D, weights, rows);
  }
  const logits = network.logits(variables, feeds, method, dropout, update);
  return tf.sum(tf.mul(lossesOf(network, logits, labels, smoothing), weights));
}

/** Fewer make the products slower. */
const FEWEST_ROWS = 256;
/** More make a graph that TensorFlow works on for minutes before the first step. */
const MOST_PARTS = 64;

/**
 * How many of `all` rows of logits are made at once. Where the table trains, each part of them has a gradient of the table's size,
 * [classes, hidden]: there are as many rows then as make logits of that size.
 */
function rowsOfLogits({ network, method, logitRows }: ProgramSettings, table: string, all: number): number {
  const [, hidden = 0] = network.shapes.get(table) ?? [];
  return logitRows ?? Math.max(rowsOf(all), method.trainable.includes(table) ? hidden : 0);
}

function rowsOf(all: number): number {
  return Math.max(FEWEST_ROWS, Math.ceil(all / MOST_PARTS));
}

function lossAndGradients(
  settings: ProgramSettings,
  scope: SignatureScope,
): {
  readonly loss: tf.Tensor;
  readonly gradients: ReadonlyMap<string, tf.Tensor>;
  readonly buffers: Readonly<Record<string, tf.Tensor>>;
} {
  const { network, method, noiseAlpha = null, recomputes = false } = settings;
  const { variables, feeds } = scope;
  const dropout = countedDropout(feeds.dropout_counter as tf.Tensor1D, noiseAlpha);
  const recomputing = recomputes ? { ...method, recomputesBlocks: true } : method;
  const trained = method.trainable.map((name) => variables[name] as tf.Variable);
  const moved: Record<string, tf.Tensor> = {};
  // What is calculated under variableGrads is gone after it, unless it is kept.
  const update = (buffer: string, value: tf.Tensor): void => void (moved[buffer] = tf.keep(value));
  const { value, grads } = tf.variableGrads(() => {
    const moving = movesBuffers(network, method) ? update : undefined;
    return asLoss(summedLoss(settings, recomputing, scope, dropout, moving));
  }, trained);
  const buffers = Object.fromEntries(
    Object.entries(moved).map(([name, kept]) => {
      const own = kept.clone();
      kept.dispose();
      return [name, own] as const;
    }),
  );
  const gradients = new Map(
    method.trainable.map((name, index) => [name, grads[(trained[index] as tf.Variable).name] as tf.Tensor]),
  );
  return { loss: value, gradients, buffers };
}

/** Clip, decay, step. */
function step(
  { optimizer, maxGradNorm }: ProgramSettings,
  scope: SignatureScope,
  gradients: ReadonlyMap<string, tf.Tensor>,
  outputs: Readonly<Record<string, tf.Tensor>>,
  others: Readonly<Record<string, tf.Tensor>>,
): SignatureResult {
  const { clipped, norm } = clipByGlobalNorm([...gradients.values()], maxGradNorm);
  const named = new Map([...gradients.keys()].map((name, index) => [name, clipped[index] as tf.Tensor]));
  const { updates, ...result } = optimizer.update(named, scope);
  return { outputs: { ...outputs, grad_norm: norm }, ...result, updates: { ...updates, ...others } };
}

function applySignature(settings: ProgramSettings): SignatureDefinition {
  const names = settings.method.trainable;
  return {
    feeds: settings.optimizer.feeds,
    build(scope) {
      const sums = new Map(names.map((name) => [name, scope.variables[accumulated(name)] as tf.Tensor]));
      const zeros = names.map(
        (name) => [accumulated(name), tf.zeros((sums.get(name) as tf.Tensor).shape)] as const,
      );
      return step(settings, scope, sums, {}, Object.fromEntries(zeros));
    },
  };
}

function evaluateSignature(settings: ProgramSettings, width: number): SignatureDefinition {
  const { network, method, evalRows: rows, averages = false } = settings;
  return {
    ...precision(settings),
    feeds: {
      ...network.feeds(rows, width),
      labels: labelSpec(network, rows, width),
    },
    build({ variables, feeds }) {
      const parameters = averages ? withAverages(variables, method.trainable) : variables;
      const labels = feeds.labels as tf.Tensor;
      const { languageHead: head } = network;
      if (head) {
        const features = head.features(parameters, feeds, method, keepAll);
        const table = parameterOf(parameters, method, head.table) as tf.Tensor2D;
        const rows = settings.logitRows ?? rowsOf(features.shape[0]);
        return { outputs: { ...productLosses(features, table, labels as tf.Tensor1D, rows) } };
      }
      const logits = network.logits(parameters, feeds, method, keepAll);
      const right = rightOf(network, logits, labels);
      return { outputs: { losses: lossesOf(network, logits, labels), ...(right ? { right } : {}) } };
    },
  };
}

function precision({ narrows = false }: ProgramSettings): Pick<SignatureDefinition, 'products'> {
  return narrows ? { products: 'bfloat16' } : {};
}
