import { tf } from '../../compute/index.js';
import type { Method } from '../methods/method.js';
import type { Dropout, ForwardContext } from './layers/forward-context.js';

/** What a model's forward pass draws on: values by name, and what the method makes of layers and joins. */
export function forwardContext(
  parameters: Readonly<Record<string, tf.Tensor>>,
  method: Method,
  dropout: Dropout,
  update?: (buffer: string, value: tf.Tensor) => void,
): ForwardContext {
  const weight = (name: string): tf.Tensor => {
    const found = parameters[name];
    if (!found) throw new RangeError(`the network has no parameter ${name}`);
    return found;
  };
  const given = { weight, dropout };
  return {
    ...given,
    ...(update ? { update } : {}),
    wrap: (layer) => method.wrap(layer, given),
    join(place) {
      if (method.join) return method.join(place, given);
      const sum = tf.add(place.output, place.input);
      return place.norm ? place.norm(sum) : sum;
    },
  };
}
