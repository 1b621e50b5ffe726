import { after, conv2dOfFrozen, isPointwise, type tf } from '../../../compute/index.js';
import type { Layer } from '../../models/layers/layer.js';
import type { Network } from '../../models/network.js';
import type { Method, StoredForm } from '../method.js';
import { bfloat16Form } from './bfloat16-form.js';

/**
 * The same method over a base that is kept in bfloat16: weights and embeddings that do not train, and that the method keeps in no
 * form of its own. What trains stays in float32; so do biases and norms, which are small. Products in bfloat16 take these weights as
 * they are, so that their results are those of weights that are rounded for each product.
 */
export function frozenInBfloat16(network: Pick<Network, 'shapes'>, method: Method): Method {
  const trained = new Set(method.trainable);
  const forms = new Map(
    [...network.shapes]
      .filter(([name, shape]) => shape.length > 1 && !trained.has(name) && !method.stored?.has(name))
      .map(([name, shape]) => [name, bfloat16Form(name, shape)] as const),
  );
  return {
    ...method,
    stored: new Map<string, StoredForm>([...(method.stored ?? []), ...forms]),
    wrap(layer, context) {
      const weight = `${layer.path}.weight`;
      const form = forms.get(weight);
      if (!form) return method.wrap(layer, context);
      /** The weight, not before `other` is there: what is made of it, such as a filter turned round, would be made as the step begins. */
      const from = (other: tf.Tensor): tf.Tensor => form.tensor((name) => after(context.weight(name), other));
      // A method may look at the weight as a whole, as DoRA does: it is widened then.
      let input: tf.Tensor | undefined;
      const wrapped = method.wrap(waiting(layer, network.shapes.get(weight) as readonly number[], from), {
        ...context,
        weight: (name) => (name === weight && input ? from(input) : context.weight(name)),
      });
      return {
        ...wrapped,
        apply<T extends tf.Tensor>(x: T): T {
          input = x;
          return wrapped.apply(x);
        },
      };
    },
  };
}

/** A convolution's filter is turned round for it, once for the pass forward and once for the gradient. */
function waiting(layer: Layer, shape: readonly number[], from: (other: tf.Tensor) => tf.Tensor): Layer {
  const { kind, stride = 1, padding = 0 } = layer;
  if (kind !== 'conv2d' || isPointwise(shape, { stride, padding })) return layer;
  return {
    ...layer,
    apply: <T extends tf.Tensor>(x: T): T =>
      conv2dOfFrozen(x as unknown as tf.Tensor4D, (other) => from(other) as tf.Tensor4D, {
        stride,
        padding,
      }) as unknown as T,
  };
}
