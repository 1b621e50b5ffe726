import { tf } from '../../../compute/index.js';
import type { Layer } from '../../models/layers/layer.js';
import type { MethodContext } from '../method.js';
import type { LoraTarget } from './targets.js';

/** One magnitude for each output. */
export function magnitudeShape({ kind, shape }: LoraTarget): readonly number[] {
  return [shape[kind === 'conv1d' ? 1 : 0] as number];
}

/** The lengths of the outputs' weights as they are, since B starts as zeros. */
export function initialMagnitudes({ kind, shape }: LoraTarget, weight: Float32Array): Float32Array {
  const outputs = shape[kind === 'conv1d' ? 1 : 0] as number;
  const sums = new Float64Array(outputs);
  const inputs = weight.length / outputs;
  weight.forEach((value, index) => {
    const output = kind === 'conv1d' ? index % outputs : Math.floor(index / inputs);
    sums[output] = (sums[output] as number) + value * value;
  });
  return Float32Array.from(sums, Math.sqrt);
}

/** What a layer and its update come to, before DoRA scales them. */
interface Parts<T extends tf.Tensor> {
  /** The layer's input, and the same after dropout: one tensor, where nothing is dropped. */
  readonly x: T;
  readonly kept: T;
  readonly a: tf.Tensor;
  readonly b: tf.Tensor;
  /** [n, out] */
  readonly update: T;
}

/**
 * DoRA: each output's weights W + ΔW are brought to the length m that is trained, so the product is multiplied by
 * m / ‖W + ΔW‖. The bias is not. As in PEFT, what goes through the layer's own weight has seen the dropout too.
 */
export function withMagnitudes<T extends tf.Tensor>(
  target: LoraTarget,
  layer: Layer,
  context: MethodContext,
  { x, kept, a, b, update }: Parts<T>,
): T {
  const magnitude = context.weight(`${layer.path}.lora_magnitude_vector`);
  const weight = context.weight(`${layer.path}.weight`);
  const ratio = overLength(magnitude, () => lengths(target, weight, a, b));
  const bias = layer.bias ? context.weight(`${layer.path}.bias`) : undefined;
  const base = layer.apply(x);
  if (kept === x) {
    const scaled = tf.mul(tf.add(base, update), ratio);
    return (bias ? tf.add(scaled, tf.mul(tf.sub(1, ratio), bias)) : scaled) as T;
  }
  const through = bias ? tf.sub(layer.apply(kept), bias) : layer.apply(kept);
  return tf.add(base, tf.add(tf.mul(through, tf.sub(ratio, 1)), tf.mul(update, ratio)));
}

/**
 * magnitude / lengths, [out], where the lengths are constants to the gradient ("DoRA", section 4.3): what a function of its
 * own gradient calculates from tensors that are not its inputs is not differentiated.
 */
function overLength(magnitude: tf.Tensor, lengths: () => tf.Tensor): tf.Tensor {
  const divide = tf.customGrad((magnitude, save) => {
    const norms = lengths();
    (save as tf.GradSaveFunc)([norms]);
    return {
      value: tf.div(magnitude as tf.Tensor, norms),
      gradFunc: (dy: tf.Tensor, [norms]: tf.Tensor[]) => tf.div(dy, norms as tf.Tensor),
    };
  });
  return divide(magnitude);
}

/** ‖W + scale · B·A‖ of each output's weights → [out] */
function lengths({ kind, scale }: LoraTarget, weight: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const stored = kind === 'conv1d';
  const update = stored ? tf.matMul(a, b, true, true) : tf.matMul(b, a);
  return tf.sqrt(tf.sum(tf.square(tf.add(weight, tf.mul(update, scale))), stored ? 0 : 1));
}
