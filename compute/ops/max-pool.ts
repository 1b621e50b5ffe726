import type { KernelAttribute } from '../native/backend.js';
import { tf } from '../native/tensorflow.js';
import { bordersOf } from './borders.js';
import { windowAttributes } from './conv2d.js';
import { integersAttribute, operation, typeAttribute } from './raw-operation.js';

export interface Pooling {
  /** Side of the window. */
  readonly size: number;
  readonly stride: number;
  /** Places on each of the four sides that no value is taken from. */
  readonly padding: number;
}

/**
 * The largest value of each window, per channel: x [rows, height, width, channels]. The gradient goes to where it stood. Padding is
 * put around the images: TensorFlow leaves pooling with paddings of one's own out of what oneDNN does.
 */
export function maxPool(x: tf.Tensor4D, pooling: Pooling): tf.Tensor4D {
  const pool = tf.customGrad((x, save) => {
    const images = x as tf.Tensor;
    const value = operation('MaxPool', attributes(pooling), [images]);
    (save as tf.GradSaveFunc)([images, value]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        operation('MaxPoolGrad', attributes(pooling), [...saved, dy]),
    };
  });
  const { size, padding } = pooling;
  return pool(
    padding === 0 ? x : tf.pad(x, bordersOf(x.shape, [size, size], pooling), -Infinity),
  ) as tf.Tensor4D;
}

function attributes({ size, stride }: Pooling): KernelAttribute[] {
  return [
    typeAttribute('T', 'float32'),
    integersAttribute('ksize', [1, size, size, 1]),
    ...windowAttributes(stride, 0),
  ];
}
