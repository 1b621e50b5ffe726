import { recomputed, tf } from '../../compute/index.js';
import type { Method } from '../methods/method.js';
import type { Dropout, ForwardContext } from './layers/forward-context.js';

/** A parameter, also where it is kept in another form; or a variable of such a form. */
export function parameterOf(
  variables: Readonly<Record<string, tf.Tensor>>,
  method: Method,
  name: string,
): tf.Tensor {
  const found =
    variables[name] ?? method.stored?.get(name)?.tensor?.((variable) => variables[variable] as tf.Tensor);
  if (found) return found;
  throw new RangeError(`the network has no parameter ${name}`);
}

/** What a model's forward pass draws on: values by name, and what the method makes of layers and joins. */
export function forwardContext(
  parameters: Readonly<Record<string, tf.Tensor>>,
  method: Method,
  dropout: Dropout,
  update?: (buffer: string, value: tf.Tensor) => void,
): ForwardContext {
  const weight = (name: string): tf.Tensor => parameterOf(parameters, method, name);
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
    block(path, x, constants, body) {
      const context = forwardContext(parameters, method, dropout, update);
      if (method.recomputesBlocks !== true) return body(context, x, constants);
      const trained = method.trainable.filter((name) => name.startsWith(`${path}.`));
      const inputs = [x, ...trained.map(weight), ...constants];
      return recomputed(inputs, 1 + trained.length, ([x, ...others], later) => {
        const own = new Map(trained.map((name, index) => [name, others[index] as tf.Tensor]));
        // Frozen weights wait as well: what is made of them, such as four bits unpacked, would be kept otherwise.
        const values = Object.fromEntries(
          Object.entries(parameters)
            .filter(([name]) => name.startsWith(`${path}.`))
            .map(([name, value]) => [name, own.get(name) ?? later(value)] as const),
        );
        const inner = forwardContext({ ...parameters, ...values }, method, dropout, update);
        return body(inner, x as tf.Tensor2D, others.slice(trained.length));
      });
    },
  };
}
