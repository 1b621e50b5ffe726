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
  const byPlace = tf.transpose(filter, [2, 3, 1, 0]);
  const convolve = tf.customGrad((x, byPlace, save) => {
    const [images, weights] = [x as tf.Tensor, byPlace as tf.Tensor];
    (save as tf.GradSaveFunc)([images, weights]);
    return {
      value: operation('Conv2D', attributes(convolution), [images, weights]),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [images, weights] = saved as [tf.Tensor, tf.Tensor];
        const sizes = ({ shape }: tf.Tensor): tf.Tensor => tf.tensor1d([...shape], 'int32');
        const given = attributes(convolution);
        return [
          operation('Conv2DBackpropInput', given, [sizes(images), weights, dy]),
          operation('Conv2DBackpropFilter', given, [images, sizes(weights), dy]),
        ];
      },
    };
  });
  return convolve(x, byPlace) as tf.Tensor4D;
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
