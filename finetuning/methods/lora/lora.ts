import { tf } from '../../../compute/index.js';
import { uniformValues } from '../../random/draws.js';
import type { Method } from '../method.js';
import { parametersInFull } from '../modules-to-save.js';
import { refuseSharedTable } from './refuse-shared-table.js';
import { initialMagnitudes, magnitudeShape, withMagnitudes } from './dora.js';
import { factorShapes, lowRank } from './low-rank.js';
import { chooseTargets, type LoraTarget } from './targets.js';
import type { LoraModel, LoraSettings } from './settings.js';

/**
 * LoRA: a frozen weight W gets an update of low rank, scaled B·A with A [r, in] and B [out, r]; a
 * convolution's A looks through the same window. A starts uniform in ±1/√in (PEFT's kaiming with a = √5), B as zeros, so that training starts from the model as it is.
 *
 * @throws DiagnosticError `bad-target-modules`
 */
export function loraMethod(model: LoraModel, settings: LoraSettings): Method {
  const { dropout, saved, bias = 'none', magnitudes = false } = settings;
  const inFull = new Set(parametersInFull(model.shapes, saved));
  refuseSharedTable(model, inFull, saved);
  const targets = new Map(chooseTargets(model, settings).map((target) => [target.path, target]));

  const added = new Map<string, readonly number[]>();
  for (const target of targets.values()) {
    const { a, b } = factorShapes(target);
    added.set(`${target.path}.lora_A.weight`, a);
    added.set(`${target.path}.lora_B.weight`, b);
    if (magnitudes) added.set(`${target.path}.lora_magnitude_vector`, magnitudeShape(target));
  }
  const trainsToo = (name: string): boolean =>
    inFull.has(name) ||
    (name.endsWith('.bias') &&
      (bias === 'all' || (bias === 'lora_only' && targets.has(name.slice(0, -'.bias'.length)))));
  return {
    added,
    trainable: [...added.keys(), ...[...model.shapes.keys()].filter(trainsToo)],
    initial(name, seed, values) {
      const shape = added.get(name);
      if (!shape) throw new RangeError(`LoRA adds no ${name}`);
      if (name.endsWith('.lora_magnitude_vector')) {
        const path = name.slice(0, -'.lora_magnitude_vector'.length);
        return initialMagnitudes(targets.get(path) as LoraTarget, values(`${path}.weight`));
      }
      const count = shape.reduce((product, dimension) => product * dimension, 1);
      const inputs = count / (shape[0] as number);
      return name.endsWith('.lora_B.weight')
        ? new Float32Array(count)
        : uniformValues(count, 1 / Math.sqrt(inputs), seed, `new/${name}`);
    },
    wrap(layer, context) {
      const target = targets.get(layer.path);
      if (!target) return layer;
      const a = context.weight(`${layer.path}.lora_A.weight`);
      const b = context.weight(`${layer.path}.lora_B.weight`);
      return {
        ...layer,
        apply<T extends tf.Tensor>(x: T): T {
          const kept = context.dropout(x, dropout, `${layer.path}.lora_A`);
          const update = lowRank(target, layer, kept, a, b);
          if (magnitudes) return withMagnitudes(target, layer, context, { x, kept, a, b, update });
          return tf.add(layer.apply(x), update);
        },
      };
    },
  };
}
