import { attribute } from '../graph/attribute.js';
import { DataType } from '../graph/data-type.js';
import type { Graph } from '../graph/graph.js';
import { tf } from '../native/tensorflow.js';
import { rowsWritten } from '../ops/rows-written.js';
import type { Recorder } from '../record/recorder.js';
import type { AdamUpdate } from '../types.js';
import { assignNode, type GraphVariable } from './graph-variables.js';

/**
 * ResourceApplyAdam: variable and moments change in place, where new tensors would cost a copy of each.
 *
 * @param variables those of the program, by name
 * @param valueOf a variable's value from before the signature's updates, and the node that reads it
 * @param after nodes that must have read the old values first
 * @param uses nodes after which nobody looks at the variable's old value; `undefined`: there are none
 * @param previous the update before this one: decayed values are made one at a time, each when its gradient is there. They depend
 *   on the variables alone, so that all of them would be made as the step begins, and kept
 * @returns the node's name
 */
export function addAdam(options: {
  readonly graph: Graph;
  readonly recorder: Recorder;
  readonly prefix: string;
  readonly variables: Readonly<Record<string, GraphVariable>>;
  readonly valueOf: (name: string) => tf.Tensor;
  readonly after: readonly string[];
  readonly uses: ReadonlySet<string> | undefined;
  readonly previous: string | undefined;
  readonly update: AdamUpdate;
}): string {
  const { graph, recorder, prefix, variables, valueOf, after, uses, previous, update } = options;
  const handle = (name: string): string => (variables[name] as GraphVariable).handle;
  const before = [...after];
  if (update.scale) {
    const gradient = recorder.sourceOf(update.gradient).split(':')[0] as string;
    const waits = [gradient, ...(previous ? [previous] : []), ...(uses ?? [])];
    const value = recorder.afterNodes(valueOf(update.variable), waits);
    const scaled = recorder.sourceOf(uses ? scaledInPlace(value, update.scale) : tf.mul(value, update.scale));
    const name = `${prefix}/scale/${update.variable}`;
    before.push(assignNode(graph, name, handle(update.variable), scaled, DataType.float32, after));
  }
  const scalars = [
    update.beta1Power,
    update.beta2Power,
    update.learningRate,
    update.beta1,
    update.beta2,
    update.epsilon,
    update.gradient,
  ].map((tensor) => recorder.sourceOf(tensor));
  return graph.add(
    'ResourceApplyAdam',
    [handle(update.variable), handle(update.m), handle(update.v), ...scalars],
    {
      T: attribute.type(DataType.float32),
      use_locking: attribute.bool(true),
      use_nesterov: attribute.bool(false),
    },
    { name: `${prefix}/adam/${update.variable}`, after: before },
  );
}

/**
 * A variable's value times a factor, where it lies. As a new tensor it would be the variable's memory from then on: weights would
 * wander among what a step holds, and what it frees would lie in pieces between them.
 */
function scaledInPlace(value: tf.Tensor, factor: tf.Tensor): tf.Tensor {
  const row = (x: tf.Tensor): tf.Tensor2D => tf.reshape(x, [1, value.size]);
  const written = rowsWritten(row(value), tf.tensor1d([0], 'int32'), row(tf.mul(value, factor)));
  return tf.reshape(written, value.shape);
}

/** The same step in tfjs's own operations, written as TensorFlow's kernel does it. */
export function adamByOperations(
  value: tf.Tensor,
  m: tf.Tensor,
  v: tf.Tensor,
  update: AdamUpdate,
): { readonly value: tf.Tensor; readonly m: tf.Tensor; readonly v: tf.Tensor } {
  const { gradient, learningRate, beta1Power, beta2Power, beta1, beta2, epsilon, scale } = update;
  const rate = tf.div(tf.mul(learningRate, tf.sqrt(tf.sub(1, beta2Power))), tf.sub(1, beta1Power));
  const nextM = tf.add(m, tf.mul(tf.sub(gradient, m), tf.sub(1, beta1)));
  const nextV = tf.add(v, tf.mul(tf.sub(tf.square(gradient), v), tf.sub(1, beta2)));
  const start = scale ? tf.mul(value, scale) : value;
  return {
    value: tf.sub(start, tf.div(tf.mul(nextM, rate), tf.add(tf.sqrt(nextV), epsilon))),
    m: nextM,
    v: nextV,
  };
}
