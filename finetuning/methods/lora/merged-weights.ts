import type { Network } from '../../models/network.js';
import type { Adapter } from './adapter-folder.js';
import { outputsOf } from './low-rank.js';
import { chooseTargets, type LoraTarget } from './targets.js';

/**
 * The parameters of the base that an adapter changes, as they are with it: W + scale · B·A, with DoRA brought to the
 * magnitudes, and what was trained in full.
 *
 * @param base a parameter of the base by its name
 */
export function mergedWeights(
  network: Network,
  { settings, method, values }: Adapter,
  base: (parameter: string) => Float32Array,
): Map<string, Float32Array> {
  const merged = new Map<string, Float32Array>();
  for (const target of chooseTargets(network, settings)) {
    const part = (name: string): Float32Array => values[`${target.path}.${name}`] as Float32Array;
    merged.set(
      `${target.path}.weight`,
      mergeOne(target, base(`${target.path}.weight`), {
        a: part('lora_A.weight'),
        b: part('lora_B.weight'),
        ...(settings.magnitudes ? { magnitudes: part('lora_magnitude_vector') } : {}),
      }),
    );
  }
  for (const name of method.trainable)
    if (network.shapes.has(name)) merged.set(name, values[name] as Float32Array);
  return merged;
}

interface Factors {
  /** [r, n], where n weights lead to an output */
  readonly a: Float32Array;
  /** [out, r] */
  readonly b: Float32Array;
  /** [out] */
  readonly magnitudes?: Float32Array;
}

/** Sums in float64, and rounds once. */
function mergeOne(target: LoraTarget, weight: Float32Array, { a, b, magnitudes }: Factors): Float32Array {
  const { kind, rank, scale } = target;
  const outputs = outputsOf(target);
  const inputs = weight.length / outputs;
  const [perOutput, perInput] = kind === 'conv1d' ? [1, outputs] : [inputs, 1];
  const merged = new Float32Array(weight.length);
  const sums = new Float64Array(inputs);
  for (let output = 0; output < outputs; output++) {
    const start = output * perOutput;
    for (let input = 0; input < inputs; input++) sums[input] = weight[start + input * perInput] as number;
    for (let k = 0; k < rank; k++) {
      const factor = scale * (b[output * rank + k] as number);
      for (let input = 0; input < inputs; input++)
        sums[input] = (sums[input] as number) + factor * (a[k * inputs + input] as number);
    }
    const length = magnitudes ? Math.sqrt(sums.reduce((total, x) => total + x * x, 0)) : 1;
    const ratio = magnitudes ? (magnitudes[output] as number) / length : 1;
    for (let input = 0; input < inputs; input++)
      merged[start + input * perInput] = (sums[input] as number) * ratio;
  }
  return merged;
}
