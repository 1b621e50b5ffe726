import type { KernelAttribute } from '../native/backend.js';
import { tf } from '../native/tensorflow.js';
import { integersAttribute, operation, stringAttribute, typeAttribute } from './raw-operation.js';

export interface Convolution {
  /** The same along both axes. */
  readonly stride: number;
  /** Zeros on each of the four sides. TensorFlow's own SAME puts them on one side where the stride is 2. */
  readonly padding: number;
}

/**
 * Convolution of images: x [rows, height, width, in], filter as torch stores it, [out, in, h, w] → [rows, …, …, out].
 *
 * tfjs's gradients know no padding of one's own, TensorFlow's do.
 */
export function conv2d(x: tf.Tensor4D, filter: tf.Tensor4D, convolution: Convolution): tf.Tensor4D {
  if (isPointwise(filter.shape, convolution)) return pointwise(x, filter);
  const byPlace = tf.transpose(filter, [2, 3, 1, 0]);
  const convolve = tf.customGrad((x, byPlace, save) => {
    const [images, weights] = [x as tf.Tensor, byPlace as tf.Tensor];
    (save as tf.GradSaveFunc)([images, weights]);
    return {
      value: operation('Conv2D', attributes(convolution), [images, weights]),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [images, weights] = saved as [tf.Tensor, tf.Tensor];
        const given = attributes(convolution);
        return [
          operation('Conv2DBackpropInput', given, [sizesOf(images), weights, dy]),
          operation('Conv2DBackpropFilter', given, [images, sizesOf(weights), dy]),
        ];
      },
    };
  });
  return convolve(x, byPlace) as tf.Tensor4D;
}

/**
 * The same with a filter that does not train, and that is made when it is needed: for the product, and again for the
 * product of the gradient.
 *
 * @param filter made from then on: its argument is what it is needed with
 */
export function conv2dOfFrozen(
  x: tf.Tensor4D,
  filter: (after: tf.Tensor) => tf.Tensor4D,
  convolution: Convolution,
): tf.Tensor4D {
  const byPlace = (after: tf.Tensor): tf.Tensor => tf.transpose(filter(after), [2, 3, 1, 0]);
  const given = attributes(convolution);
  const convolve = tf.customGrad((x) => ({
    value: operation('Conv2D', given, [x as tf.Tensor, byPlace(x as tf.Tensor)]),
    gradFunc: (dy: tf.Tensor) =>
      operation('Conv2DBackpropInput', given, [sizesOf(x as tf.Tensor), byPlace(dy), dy]),
  }));
  return convolve(x) as tf.Tensor4D;
}

/** @param filter its shape: [out, in, h, w] */
export function isPointwise(
  [, , height, width]: readonly number[],
  { stride, padding }: Convolution,
): boolean {
  return height === 1 && width === 1 && stride === 1 && padding === 0;
}

/**
 * A window of one pixel is a product of matrices, [rows · height · width, in] · [in, out]. With its gradients it takes 0.5
 * to 1.1 of the time of TensorFlow's convolution on ResNet-50's shapes (oneDNN, two cores).
 */
function pointwise(x: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D {
  const [rows, height, width, inner] = x.shape;
  const [outer] = filter.shape;
  const flat = tf.reshape(x, [rows * height * width, inner]);
  const product = tf.matMul(flat, tf.reshape(filter, [outer, inner]), false, true);
  return tf.reshape(product, [rows, height, width, outer]);
}

function sizesOf({ shape }: tf.Tensor): tf.Tensor1D {
  return tf.tensor1d([...shape], 'int32');
}

function attributes({ stride, padding }: Convolution): KernelAttribute[] {
  return [typeAttribute('T', 'float32'), ...windowAttributes(stride, padding)];
}

/** How a window moves over images [rows, height, width, channels]. */
export function windowAttributes(stride: number, padding: number): KernelAttribute[] {
  return [
    integersAttribute('strides', [1, stride, stride, 1]),
    stringAttribute('data_format', 'NHWC'),
    stringAttribute('padding', padding === 0 ? 'VALID' : 'EXPLICIT'),
    ...(padding === 0
      ? []
      : [integersAttribute('explicit_paddings', [0, 0, padding, padding, padding, padding, 0, 0])]),
  ];
}
