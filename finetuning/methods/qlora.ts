import { tf } from '../../compute/index.js';
import type { Layer, LayerKind } from '../models/layers/layer.js';
import type { Network } from '../models/network.js';
import type { Method, MethodContext, StoredForm } from './method.js';
import { packedForm, packedVariables } from './nf4/packed-form.js';
import { dequantize, packedConv2d, packedMatMul, type PackedTensors } from './nf4/packed-product.js';

/** A layer whose weight is kept in NF4. */
interface QuantizedLayer {
  readonly kind: LayerKind;
  /** Of the weight, as bitsandbytes sees it: [out, in]. */
  readonly shape: readonly number[];
}

/**
 * QLoRA: LoRA over a base whose layers' weights are kept in four bits and made anew for each product. As in transformers,
 * embeddings, norms, biases and the head stay in float32; so does what the method trains itself. Convolutions, which
 * bitsandbytes leaves alone, are quantized too, flattened as they are stored.
 *
 * @param lora any method that leaves the base's weights as they are
 */
export function qloraMethod(network: Pick<Network, 'shapes' | 'layers' | 'names'>, lora: Method): Method {
  const trained = new Set(lora.trainable);
  const quantized = new Map<string, QuantizedLayer>();
  const stored = new Map<string, StoredForm>();
  for (const [path, kind] of network.layers) {
    const weight = `${path}.weight`;
    if (trained.has(weight) || network.names.isHead(weight)) continue;
    const shape = network.shapes.get(weight) as readonly number[];
    stored.set(weight, packedForm(weight, shape, kind));
    quantized.set(path, { kind, shape: kind === 'conv1d' ? [...shape].reverse() : shape });
  }
  return {
    ...lora,
    stored,
    wrap(layer, context) {
      const found = quantized.get(layer.path);
      return found ? wrapQuantized(lora, layer, found, context) : lora.wrap(layer, context);
    },
  };
}

/** What `lora` makes of the layer, with a product of the quantized weight in place of the layer's own. */
function wrapQuantized(
  lora: Method,
  layer: Layer,
  { kind, shape }: QuantizedLayer,
  context: MethodContext,
): Layer {
  const packed = packedTensors(`${layer.path}.weight`, context);
  const base: Layer = {
    ...layer,
    apply<T extends tf.Tensor>(x: T): T {
      const product = kind === 'conv2d' ? convolved(x, packed, shape, layer) : packedMatMul(x, packed, shape);
      return layer.bias ? tf.add(product, context.weight(`${layer.path}.bias`)) : product;
    },
  };
  // A method may look at the weight as a whole, as DoRA does: it is made then, from the layer's input on.
  let input: tf.Tensor | undefined;
  const wholeWeight = (): tf.Tensor => {
    const weight = dequantize(packed, shape, input ?? packed.offset);
    return kind === 'conv1d' ? tf.transpose(weight) : weight;
  };
  const wrapped = lora.wrap(base, {
    ...context,
    weight: (name) => (name === `${layer.path}.weight` ? wholeWeight() : context.weight(name)),
  });
  return {
    ...wrapped,
    apply<T extends tf.Tensor>(x: T): T {
      input = x;
      return wrapped.apply(x);
    },
  };
}

function convolved<T extends tf.Tensor>(
  x: T,
  packed: PackedTensors,
  shape: readonly number[],
  { stride = 1, padding = 0 }: Layer,
): T {
  return packedConv2d(x as unknown as tf.Tensor4D, packed, shape, { stride, padding }) as unknown as T;
}

/** The variables of a weight's packed form. */
export function packedTensors(weight: string, context: Pick<MethodContext, 'weight'>): PackedTensors {
  const { codes, absmax, nestedAbsmax, offset } = packedVariables(weight);
  return {
    codes: context.weight(codes),
    absmax: context.weight(absmax),
    nestedAbsmax: context.weight(nestedAbsmax),
    offset: context.weight(offset),
  };
}
