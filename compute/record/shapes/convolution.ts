import type { OperationCall, Shape, ShapeRule } from '../operation-call.js';

/** Where the two axes of space stand in an image. */
function spatialAxes(call: OperationCall): [number, number] {
  return call.string('data_format', 'NHWC') === 'NCHW' ? [2, 3] : [1, 2];
}

/**
 * Length along one axis: VALID ⌈(n − f + 1) / s⌉, SAME ⌈n / s⌉, EXPLICIT as VALID after padding.
 *
 * @param window the filter's length along this axis, in the filter's own steps
 */
function windows(call: OperationCall, image: Shape, axis: number, window: number): number {
  const stride = call.ints('strides')[axis] as number;
  const dilation = call.ints('dilations', [1, 1, 1, 1])[axis] as number;
  const size = image[axis] as number;
  const padding = call.string('padding');
  if (padding === 'SAME') return Math.ceil(size / stride);
  const explicit = padding === 'EXPLICIT' ? call.ints('explicit_paddings') : [];
  const padded = size + (explicit[2 * axis] ?? 0) + (explicit[2 * axis + 1] ?? 0);
  const span = (window - 1) * dilation + 1;
  if (span > padded) call.mismatch(`has a window of ${span}, larger than the image's ${padded}`);
  return Math.floor((padded - span) / stride) + 1;
}

function image(call: OperationCall, from: Shape, window: readonly [number, number], channels: number): Shape {
  const [height, width] = spatialAxes(call);
  const to = [from[0] as number, 0, 0, 0];
  to[height] = windows(call, from, height, window[0]);
  to[width] = windows(call, from, width, window[1]);
  to[height === 1 ? 3 : 1] = channels;
  return to;
}

/** Filters are [height, width, in, out]. */
const conv2D: ShapeRule = (call) => {
  const [height, width, inner, channels] = call.shape(1) as [number, number, number, number];
  const given = call.shape(0)[spatialAxes(call)[0] === 1 ? 3 : 1];
  if (given !== inner) call.mismatch(`has ${given} channels for a filter of ${inner}`);
  return [{ dtype: call.dtype(), shape: image(call, call.shape(0), [height, width], channels) }];
};

/** Filters are [height, width, in, multiplier]. */
const depthwise: ShapeRule = (call) => {
  const [height, width, inner, multiplier] = call.shape(1) as [number, number, number, number];
  return [{ dtype: call.dtype(), shape: image(call, call.shape(0), [height, width], inner * multiplier) }];
};

const pool: ShapeRule = (call) => {
  const [height, width] = spatialAxes(call);
  const size = call.ints('ksize');
  const from = call.shape(0);
  const channels = from[height === 1 ? 3 : 1] as number;
  const window = [size[height] as number, size[width] as number] as const;
  return [{ dtype: call.dtype(), shape: image(call, from, window, channels) }];
};

/** The shape wanted is a constant input. */
const shapeFrom =
  (input: number): ShapeRule =>
  (call) => [{ dtype: call.dtype(2), shape: call.numbers(input) }];

/** Inputs: x, y, dy. */
const maxPoolGradient: ShapeRule = (call) => [{ dtype: call.dtype(), shape: call.shape(0) }];

/** Inputs: x's shape, dy. */
const avgPoolGradient: ShapeRule = (call) => [{ dtype: call.dtype(1), shape: call.numbers(0) }];

export const convolutionRules: Readonly<Record<string, ShapeRule>> = {
  Conv2D: conv2D,
  Conv2DBackpropInput: shapeFrom(0),
  Conv2DBackpropFilter: shapeFrom(1),
  DepthwiseConv2dNative: depthwise,
  DepthwiseConv2dNativeBackpropInput: shapeFrom(0),
  DepthwiseConv2dNativeBackpropFilter: shapeFrom(1),
  MaxPool: pool,
  AvgPool: pool,
  MaxPoolGrad: maxPoolGradient,
  AvgPoolGrad: avgPoolGradient,
};
