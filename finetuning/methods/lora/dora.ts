import { tf } from '../../../compute/index.js';
import type { Layer } from '../../models/layers/layer.js';
import type { MethodContext } from '../method.js';
import { outputsOf } from './low-rank.js';
import type { LoraTarget } from './targets.js';

/** One magnitude for each output. */
export function magnitudeShape(target: LoraTarget): readonly number[] {
  const outputs = outputsOf(target);
  return target.kind === 'conv2d' ? [1, outputs, 1, 1] : [outputs];
}

/** The lengths of the outputs' weights as they are, since B starts as zeros. */
export function initialMagnitudes(target: LoraTarget, weight: Float32Array): Float32Array {
  const outputs = outputsOf(target);
  const sums = new Float64Array(outputs);
  const inputs = weight.length / outputs;
  weight.forEach((value, index) => {
    const output = target.kind === 'conv1d' ? index % outputs : Math.floor(index / inputs);
    sums[output] = (sums[output] as number) + value * value;
  });
  return Float32Array.from(sums, Math.sqrt);
}

/** What DoRA has to work with in a layer. */
interface Parts<T extends tf.Tensor> {
  /** The layer's input, and the same after dropout: one tensor, where nothing is dropped. */
  readonly x: T;
  readonly kept: T;
  readonly a: tf.Tensor;
  readonly b: tf.Tensor;
  /** What the update makes of `kept`. */
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
  const magnitude = tf.reshape(context.weight(`${layer.path}.lora_magnitude_vector`), [outputsOf(target)]);
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
function lengths(target: LoraTarget, weight: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const { kind, scale, rank } = target;
  const rows = (x: tf.Tensor, count: number): tf.Tensor2D => tf.reshape(x, [count, x.size / count]);
  const [flatA, flatB] = [rows(a, rank), rows(b, outputsOf(target))];
  const turned = kind === 'conv1d';
  const update = turned ? tf.matMul(flatA, flatB, true, true) : tf.matMul(flatB, flatA);
  const whole = tf.add(rows(weight, update.shape[0]), tf.mul(update, scale));
  return tf.sqrt(tf.sum(tf.square(whole), turned ? 0 : 1));
}
