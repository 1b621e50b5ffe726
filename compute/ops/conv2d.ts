import type { KernelAttribute } from '../native/backend.js';
import { tf } from '../native/tensorflow.js';
import { bordersOf, hasBorders, NO_BORDERS, type Borders } from './borders.js';
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
  const { stride, padding } = convolution;
  if (isPointwise(filter.shape, { stride: 1, padding })) return pointwise(everyNth(x, stride), filter);
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

/** The first of each `stride` pixels along both axes. */
function everyNth(x: tf.Tensor4D, stride: number): tf.Tensor4D {
  if (stride === 1) return x;
  const [rows, height, width, channels] = x.shape;
  const [down, across] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const [below, beside] = [down * stride - height, across * stride - width];
  const whole = below + beside > 0 ? tf.pad(x, [[0, 0], [0, below], [0, beside], [0, 0]]) : x; // prettier-ignore
  const windows = tf.reshape(whole, [rows * down, stride, across, stride * channels]);
  const firsts = tf.slice(windows, [0, 0, 0, 0], [rows * down, 1, across, channels]);
  return tf.reshape(firsts, [rows, down, across, channels]);
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
  const borders = gradientBorders(images, filter.shape, convolution);
  const sizes = images.map((size, axis) => size + (borders[axis]?.[0] ?? 0) + (borders[axis]?.[1] ?? 0));
  const gradient = operation('Conv2DBackpropInput', gradientAttributes(filter.shape, convolution), [
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
  const borders = gradientBorders(images.shape, filter, convolution);
  return operation('Conv2DBackpropFilter', gradientAttributes(filter, convolution), [
    hasBorders(borders) ? tf.pad(images, borders) : images,
    tf.tensor1d(filter, 'int32'),
    dy,
  ]) as tf.Tensor4D;
}

function gradientBorders(images: Shape4D, filter: Shape4D, convolution: Convolution): Borders {
  return isSame(filter, convolution) ? NO_BORDERS : bordersOf(images, [filter[0], filter[1]], convolution);
}

/** Is the padding what TensorFlow calls SAME? @param filter [h, w, in, out] */
function isSame([height, width]: Shape4D, { stride, padding }: Convolution): boolean {
  return stride === 1 && height === 2 * padding + 1 && width === height;
}

function attributes(filter: Shape4D, convolution: Convolution): KernelAttribute[] {
  const { stride, padding } = convolution;
  return [
    typeAttribute('T', 'float32'),
    ...windowAttributes(stride, isSame(filter, convolution) ? 'SAME' : padding),
  ];
}

/** Of images that have their borders. */
function gradientAttributes(filter: Shape4D, convolution: Convolution): KernelAttribute[] {
  return attributes(filter, isSame(filter, convolution) ? convolution : { ...convolution, padding: 0 });
}

/** How a window moves over images [rows, height, width, channels]. */
export function windowAttributes(stride: number, padding: number | 'SAME'): KernelAttribute[] {
  const name = padding === 'SAME' ? padding : padding === 0 ? 'VALID' : 'EXPLICIT';
  return [
    integersAttribute('strides', [1, stride, stride, 1]),
    stringAttribute('data_format', 'NHWC'),
    stringAttribute('padding', name),
    ...(name === 'EXPLICIT'
      ? [integersAttribute('explicit_paddings', [0, 0, padding, padding, padding, padding, 0, 0] as number[])]
      : []),
  ];
}
