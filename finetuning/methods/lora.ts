import { tf } from '../../compute/index.js';
import type { ParameterShapes } from '../models/parameters.js';
import { uniformValues } from '../random/draws.js';
import type { Method } from './method.js';
import { checkNames, endsWithPart, parametersInFull } from './modules-to-save.js';

export interface LoraSettings {
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
  /** Last parts of the paths of linear layers, as PEFT's `target_modules`. */
  readonly targets: readonly string[];
  /** Last parts of the paths of modules that train in full, as PEFT's `modules_to_save`. */
  readonly saved: readonly string[];
}

/**
 * LoRA: the frozen weight W [out, in] gets an update (α/r)·B·A of rank r, with A [r, in] and B [out, r].
 * A starts uniform in ±1/√in (PEFT's kaiming with a = √5), B as zeros, so that training starts from the model as it is.
 *
 * @throws DiagnosticError `bad-target-modules`
 */
export function loraMethod(model: ParameterShapes, settings: LoraSettings): Method {
  const { rank, alpha, dropout, targets, saved } = settings;
  const layers = [...model]
    .filter(([name, shape]) => name.endsWith('.weight') && shape.length === 2)
    .filter(([name]) => !name.includes('_embeddings.'))
    .map(([name, shape]) => ({ path: name.slice(0, -'.weight'.length), shape: shape as [number, number] }));
  const chosen = layers.filter(({ path }) => targets.some((part) => endsWithPart(path, part)));
  checkNames('target_modules', targets, layers.map(({ path }) => path)); // prettier-ignore
  const inFull = parametersInFull(model, saved);

  const added = new Map<string, readonly number[]>();
  for (const { path, shape } of chosen) {
    added.set(`${path}.lora_A.weight`, [rank, shape[1]]);
    added.set(`${path}.lora_B.weight`, [shape[0], rank]);
  }
  const targeted = new Set(chosen.map(({ path }) => path));
  return {
    added,
    trainable: [...added.keys(), ...inFull],
    initial(name, seed) {
      const shape = added.get(name);
      if (!shape) throw new RangeError(`LoRA adds no ${name}`);
      const [rows, columns] = shape as [number, number];
      return name.endsWith('.lora_B.weight')
        ? new Float32Array(rows * columns)
        : uniformValues(rows * columns, 1 / Math.sqrt(columns), seed, `new/${name}`);
    },
    wrap(layer, context) {
      if (!targeted.has(layer.path)) return layer;
      const a = context.weight(`${layer.path}.lora_A.weight`) as tf.Tensor2D;
      const b = context.weight(`${layer.path}.lora_B.weight`) as tf.Tensor2D;
      return {
        ...layer,
        apply<T extends tf.Tensor>(x: T): T {
          const kept = context.dropout(x, dropout, `${layer.path}.lora_A`);
          const down = tf.mul(tf.matMul(kept, a, false, true), alpha / rank); // [n, r]
          return tf.add(layer.apply(x), tf.matMul(down, b, false, true));
        },
      };
    },
  };
}
