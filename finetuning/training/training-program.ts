import {
  sparseCrossEntropy,
  clipByGlobalNorm,
  tf,
  type ProgramDefinition,
  type SignatureDefinition,
  type SignatureResult,
  type SignatureScope,
  type TensorSpec,
} from '../../compute/index.js';
import type { Method } from '../methods/method.js';
import { isDecayed } from '../models/bert/parameters.js';
import { batchFeeds, logitsSignature } from '../models/inference-program.js';
import type { Network } from '../models/network.js';
import { adamFeeds, adamWUpdates, firstMoment, secondMoment, type AdamWSettings } from './adamw.js';
import { countedDropout, dropoutCounterFeed } from './dropout.js';

export interface ProgramSettings {
  readonly network: Network;
  readonly method: Method;
  readonly optimizer: AdamWSettings;
  readonly maxGradNorm: number;
  readonly trainRows: number;
  readonly evalRows: number;
  /** Padded lengths that occur, each of which gets a signature. */
  readonly trainWidths: readonly number[];
  readonly evalWidths: readonly number[];
  /** More than one forward pass per update: gradients are summed in variables. */
  readonly accumulates: boolean;
}

const accumulated = (parameter: string): string => `${parameter}/accumulated`;

/**
 * The graphs of a training:
 * - `train/W`: one update from one batch of padded length W,
 * - `accumulate/W` and `apply`: the same in parts, where an update takes several batches,
 * - `evaluate/W`: logits.
 */
export function trainingProgram(settings: ProgramSettings): ProgramDefinition {
  const { network, method, trainWidths, evalWidths, accumulates } = settings;
  const parameters = new Map([...network.shapes, ...method.added]);
  const variables: Record<string, TensorSpec> = {};
  for (const [name, shape] of parameters) variables[name] = { shape, dtype: 'float32' };
  for (const name of method.trainable) {
    const spec: TensorSpec = { shape: parameters.get(name) as readonly number[], dtype: 'float32' };
    variables[firstMoment(name)] = spec;
    variables[secondMoment(name)] = spec;
    if (accumulates) variables[accumulated(name)] = spec;
  }
  const signatures: Record<string, SignatureDefinition> = {};
  for (const width of trainWidths)
    signatures[`${accumulates ? 'accumulate' : 'train'}/${width}`] = passSignature(settings, width);
  if (accumulates) signatures.apply = applySignature(settings);
  for (const width of evalWidths)
    signatures[`evaluate/${width}`] = logitsSignature(network, method, settings.evalRows, width);
  return { variables, signatures };
}

function passSignature(settings: ProgramSettings, width: number): SignatureDefinition {
  const rows = settings.trainRows;
  return {
    feeds: {
      ...batchFeeds(rows, width),
      labels: { shape: [rows], dtype: 'int32' },
      // 1 / (rows of the whole update) for a row that counts, 0 for one that fills up the batch.
      row_weights: { shape: [rows], dtype: 'float32' },
      dropout_counter: dropoutCounterFeed,
      ...(settings.accumulates ? {} : adamFeeds),
    },
    build(scope) {
      const { loss, gradients } = lossAndGradients(settings, scope);
      if (!settings.accumulates) return update(settings, scope, gradients, { loss });
      const sums = [...gradients].map(
        ([name, gradient]) =>
          [accumulated(name), tf.add(scope.variables[accumulated(name)] as tf.Variable, gradient)] as const,
      );
      return { outputs: { loss }, updates: Object.fromEntries(sums) };
    },
  };
}

function lossAndGradients(
  { network, method }: ProgramSettings,
  { variables, feeds }: SignatureScope,
): { loss: tf.Tensor; gradients: ReadonlyMap<string, tf.Tensor> } {
  const fed = <T extends tf.Tensor>(name: string): T => feeds[name] as T;
  const input = {
    inputIds: fed<tf.Tensor2D>('input_ids'),
    attentionMask: fed<tf.Tensor2D>('attention_mask'),
  };
  const dropout = countedDropout(fed('dropout_counter'));
  const trained = method.trainable.map((name) => variables[name] as tf.Variable);
  const { value, grads } = tf.variableGrads(() => {
    const logits = network.logits(variables, input, method, dropout);
    const losses = sparseCrossEntropy(logits, fed('labels'));
    return tf.sum(tf.mul(losses, fed('row_weights'))) as tf.Scalar;
  }, trained);
  const gradients = new Map(
    method.trainable.map((name, index) => [name, grads[(trained[index] as tf.Variable).name] as tf.Tensor]),
  );
  return { loss: value, gradients };
}

/** Clip, decay, step. */
function update(
  { optimizer, maxGradNorm }: ProgramSettings,
  { feeds }: SignatureScope,
  gradients: ReadonlyMap<string, tf.Tensor>,
  outputs: Readonly<Record<string, tf.Tensor>>,
): SignatureResult {
  const { clipped, norm } = clipByGlobalNorm([...gradients.values()], maxGradNorm);
  const named = new Map([...gradients.keys()].map((name, index) => [name, clipped[index] as tf.Tensor]));
  const adam = adamWUpdates({ gradients: named, feeds, settings: optimizer, isDecayed });
  return { outputs: { ...outputs, grad_norm: norm }, adam };
}

function applySignature(settings: ProgramSettings): SignatureDefinition {
  const names = settings.method.trainable;
  return {
    feeds: adamFeeds,
    build(scope) {
      const sums = new Map(names.map((name) => [name, scope.variables[accumulated(name)] as tf.Tensor]));
      const zeros = names.map((name) => [accumulated(name), tf.zeros((sums.get(name) as tf.Tensor).shape)]);
      return {
        ...update(settings, scope, sums, {}),
        updates: Object.fromEntries(zeros) as Record<string, tf.Tensor>,
      };
    },
  };
}
