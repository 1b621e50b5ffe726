import { conv2d, tf } from '../../../compute/index.js';
import type { Join } from '../../models/layers/forward-context.js';
import type { ParameterShapes } from '../../models/parameters.js';
import { normalValues } from '../../random/draws.js';
import type { Method, MethodContext } from '../method.js';
import { parametersInFull } from '../modules-to-save.js';
import { activations } from './activations.js';
import { adapterPlaces, type AdapterPlace } from './places.js';
import type { AdapterSettings } from './settings.js';

/** As the library's `init_weights: bert`. */
const DEVIATION = 0.02;

/**
 * Bottleneck adapters: beside a frozen model, a pair of narrow layers at the joins, h + up(f(down(x))), as the
 * `adapters` library puts them. With r = ⌊width / reduction factor⌋, `down` is [r, width] and `up` [width, r].
 *
 * On images they are convolutions of one pixel, as the residual adapters of Rebuffi et al. 2018
 * (https://arxiv.org/abs/1803.10082). There `up` starts as zeros: no norm holds the features of a ResNet's layers to one
 * size, and even weights of 0.02 would move the model from where it was trained to.
 *
 * @throws DiagnosticError `bad-target-modules`, `no-adapter-places`
 */
export function adapterMethod(model: ParameterShapes, settings: AdapterSettings): Method {
  const places = new Map(adapterPlaces(model, settings).map((place) => [keyOf(place), place]));
  const inFull = parametersInFull(model, settings.saved);
  const added = new Map<string, readonly number[]>();
  for (const place of places.values()) {
    const { width } = place;
    const narrow = Math.max(1, wholeTimes(width, settings.reductionFactor));
    const { down, up } = layersOf(place, settings);
    const window = place.images ? [1, 1] : [];
    added.set(`${down}.weight`, [narrow, width, ...window]);
    added.set(`${down}.bias`, [narrow]);
    added.set(`${up}.weight`, [width, narrow, ...window]);
    added.set(`${up}.bias`, [width]);
  }
  return {
    added,
    trainable: [...added.keys(), ...inFull],
    initial(name, seed) {
      const shape = added.get(name);
      if (!shape) throw new RangeError(`the adapter adds no ${name}`);
      const count = shape.reduce((product, dimension) => product * dimension, 1);
      const isZero = name.endsWith('.bias') || (shape.length === 4 && name.endsWith('.adapter_up.weight'));
      return isZero ? new Float32Array(count) : normalValues(count, DEVIATION, seed, `new/${name}`);
    },
    wrap: (layer) => layer,
    join(join, context) {
      const normed = (output: tf.Tensor): tf.Tensor => {
        const sum = tf.add(output, join.input);
        return join.norm ? join.norm(sum) : sum;
      };
      const place = places.get(keyOf(join));
      if (!place) return normed(join.output);
      const { output } = join;
      const added = bottleneck(settings.normBefore ? normed(output) : output, place, settings, context);
      return normed(tf.add(output, added));
    },
  };
}

/** Python's `a // b`: 16 // 1.6 is 9, since the float that is written 1.6 is a little more, and the quotient is not rounded before. */
const wholeTimes = (a: number, b: number): number => Math.round((a - (a % b)) / b);

const keyOf = ({ path, half }: Pick<Join, 'path' | 'half'>): string => `${path}/${half}`;

function layersOf(
  { module }: AdapterPlace,
  { name }: AdapterSettings,
): { readonly down: string; readonly up: string } {
  // In the library `down` is a sequence of the layer and the non-linearity.
  return { down: `${module}.${name}.adapter_down.0`, up: `${module}.${name}.adapter_up` };
}

/** up(f(down(x))), of x's shape: [n, width], or images of that many channels. */
function bottleneck(
  x: tf.Tensor,
  place: AdapterPlace,
  settings: AdapterSettings,
  context: MethodContext,
): tf.Tensor {
  const { down, up } = layersOf(place, settings);
  const product = (input: tf.Tensor, weight: tf.Tensor): tf.Tensor =>
    place.images
      ? conv2d(input as tf.Tensor4D, weight as tf.Tensor4D, { stride: 1, padding: 0 })
      : tf.matMul(input as tf.Tensor2D, weight as tf.Tensor2D, false, true);
  const layer = (path: string, input: tf.Tensor): tf.Tensor =>
    tf.add(product(input, context.weight(`${path}.weight`)), context.weight(`${path}.bias`));
  const narrow = activations[settings.nonLinearity](layer(down, x)); // [n, r]
  return context.dropout(layer(up, narrow), settings.dropout, `${place.module}.${settings.name}`);
}
