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
  const byPlace = filterByPlace(filter);
  const convolve = tf.customGrad((x, byPlace, save) => {
    const [images, weights] = [x as tf.Tensor4D, byPlace as tf.Tensor4D];
    (save as tf.GradSaveFunc)([images, weights]);
    return {
      value: forward(images, weights, convolution),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [images, weights] = saved as [tf.Tensor4D, tf.Tensor4D];
        return [
          inputGradient(images.shape, weights, dy, convolution),
          filterGradient(images, weights.shape, dy, convolution),
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
  const byPlace = (after: tf.Tensor): tf.Tensor4D => filterByPlace(filter(after));
  const convolve = tf.customGrad((x) => ({
    value: forward(x as tf.Tensor, byPlace(x as tf.Tensor), convolution),
    gradFunc: (dy: tf.Tensor) => inputGradient((x as tf.Tensor4D).shape, byPlace(dy), dy, convolution),
  }));
  return convolve(x) as tf.Tensor4D;
}

/**
 * A filter [out, in, h, w] as TensorFlow has it, [h, w, in, out], in two turns: oneDNN is quick at turning matrices and at moving whole
 * rows, and slow at all four axes at once.
 */
function filterByPlace(filter: tf.Tensor4D): tf.Tensor4D {
  const [outer, inner, height, width] = filter.shape;
  const turned = tf.transpose(tf.reshape(filter, [outer, inner * height * width]));
  const byPlace = tf.transpose(tf.reshape(turned, [inner, height * width, outer]), [1, 0, 2]);
  return tf.reshape(byPlace, [height, width, inner, outer]);
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

type Shape4D = [number, number, number, number];

/** @param filter [h, w, in, out] */
function forward(x: tf.Tensor, filter: tf.Tensor4D, convolution: Convolution): tf.Tensor4D {
  return operation('Conv2D', attributes(filter.shape, convolution), [x, filter]) as tf.Tensor4D;
}

/**
 * The gradient of the images. TensorFlow leaves gradients of convolutions to oneDNN where the padding is SAME or VALID, and is slower
 * by itself: where it is neither, images are taken that have borders of zeros, and the borders' gradient is left out.
 */
function inputGradient(
  images: Shape4D,
  filter: tf.Tensor4D,
  dy: tf.Tensor,
  convolution: Convolution,
): tf.Tensor4D {
  const borders = bordersOf(images, filter.shape, dy.shape as Shape4D, convolution);
  const sizes = images.map((size, axis) => size + sum(borders[axis] as [number, number]));
  const gradient = operation('Conv2DBackpropInput', ownAttributes(filter.shape, convolution), [
    tf.tensor1d(sizes, 'int32'),
    filter,
    dy,
  ]) as tf.Tensor4D;
  const begins = borders.map(([before]) => before) as Shape4D;
  return hasBorders(borders) ? tf.slice(gradient, begins, images) : gradient;
}

/** The gradient of the filter, [h, w, in, out], in the same way. */
function filterGradient(
  images: tf.Tensor4D,
  filter: Shape4D,
  dy: tf.Tensor,
  convolution: Convolution,
): tf.Tensor4D {
  const borders = bordersOf(images.shape, filter, dy.shape as Shape4D, convolution);
  return operation('Conv2DBackpropFilter', ownAttributes(filter, convolution), [
    hasBorders(borders) ? tf.pad(images, borders) : images,
    tf.tensor1d(filter, 'int32'),
    dy,
  ]) as tf.Tensor4D;
}

type Borders = [[number, number], [number, number], [number, number], [number, number]];

/** Zeros around images, [rows, height, width, channels], as far as windows reach. */
function bordersOf(images: Shape4D, filter: Shape4D, outputs: Shape4D, convolution: Convolution): Borders {
  const { stride, padding } = convolution;
  const along = (axis: 1 | 2): [number, number] => {
    if (isSame(filter, convolution)) return [0, 0];
    const reach = (outputs[axis] - 1) * stride + (filter[axis - 1] as number);
    return [padding, Math.max(0, reach - padding - images[axis])];
  };
  return [[0, 0], along(1), along(2), [0, 0]];
}

const sum = ([before, after]: readonly [number, number]): number => before + after;

const hasBorders = (borders: Borders): boolean => borders.some((sides) => sum(sides) > 0);

/** Is the padding what TensorFlow calls SAME? @param filter [h, w, in, out] */
function isSame([height, width]: Shape4D, { stride, padding }: Convolution): boolean {
  return stride === 1 && height === 2 * padding + 1 && width === height;
}

function attributes(filter: Shape4D, convolution: Convolution): KernelAttribute[] {
  if (isSame(filter, convolution)) return ownAttributes(filter, convolution);
  return [typeAttribute('T', 'float32'), ...windowAttributes(convolution.stride, convolution.padding)];
}

/** With one of TensorFlow's own paddings, of images that have their borders. */
function ownAttributes(filter: Shape4D, convolution: Convolution): KernelAttribute[] {
  const { stride } = convolution;
  return [
    typeAttribute('T', 'float32'),
    integersAttribute('strides', [1, stride, stride, 1]),
    stringAttribute('data_format', 'NHWC'),
    stringAttribute('padding', isSame(filter, convolution) ? 'SAME' : 'VALID'),
  ];
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
