import { positiveAxis, sizeOf, type OperationCall, type Shape, type ShapeRule } from '../operation-call.js';

/** Rules that keep the first input's type. */
const shaped =
  (rule: (call: OperationCall, shape: Shape) => Shape): ShapeRule =>
  (call) => [{ dtype: call.dtype(), shape: rule(call, call.shape(0)) }];

const reshape = shaped((call, from) => {
  const to = call.numbers(1);
  const unknown = to.indexOf(-1);
  if (unknown >= 0) to[unknown] = sizeOf(from) / -sizeOf(to);
  if (sizeOf(to) !== sizeOf(from)) call.mismatch(`cannot make [${to.join(', ')}]`);
  return to;
});

const expandDims = shaped((call, from) => {
  const axis = positiveAxis(call, call.number(1), from.length + 1);
  return [...from.slice(0, axis), 1, ...from.slice(axis)];
});

const squeeze = shaped((call, from) => {
  const axes = call.ints('squeeze_dims', []).map((axis) => positiveAxis(call, axis, from.length));
  return from.filter((size, axis) => (axes.length ? !axes.includes(axis) : size !== 1));
});

const transpose = shaped((call, from) => {
  const order = call.numbers(1);
  if (order.length !== from.length) call.mismatch(`cannot be permuted by [${order.join(', ')}]`);
  return order.map((axis) => from[axis] as number);
});

const slice = shaped((call, from) => {
  const begin = call.numbers(1);
  return call.numbers(2).map((size, axis) => {
    const [start, end] = [begin[axis] as number, from[axis] as number];
    const taken = size === -1 ? end - start : size;
    if (start < 0 || start + taken > end) call.mismatch(`takes ${taken} from ${start} of axis ${axis}`);
    return taken;
  });
});

const pad = shaped((call, from) => {
  const paddings = call.numbers(1);
  return from.map((size, axis) => size + (paddings[2 * axis] ?? 0) + (paddings[2 * axis + 1] ?? 0));
});

const tile = shaped((call, from) => {
  const times = call.numbers(1);
  return from.map((size, axis) => size * (times[axis] as number));
});

const same = shaped((_, from) => from);

const broadcastTo = shaped((call) => call.numbers(1));

/** Its last input is the axis. */
const concat: ShapeRule = (call) => {
  const parts = call.inputs.slice(0, -1).map(({ shape }) => shape);
  const first = parts[0] ?? call.mismatch('needs inputs');
  const axis = positiveAxis(call, call.number(parts.length), first.length);
  const others = (shape: Shape): string => shape.filter((_, index) => index !== axis).join();
  if (parts.some((shape) => others(shape) !== others(first))) call.mismatch(`cannot join along axis ${axis}`);
  const joined = parts.reduce((sum, shape) => sum + (shape[axis] as number), 0);
  return [{ dtype: call.dtype(), shape: first.map((size, index) => (index === axis ? joined : size)) }];
};

const split: ShapeRule = (call) => {
  const from = call.shape(0);
  const axis = positiveAxis(call, call.number(2), from.length);
  return call.numbers(1).map((part) => ({
    dtype: call.dtype(),
    shape: from.map((size, index) => (index === axis ? part : size)),
  }));
};

const pack: ShapeRule = (call) => {
  const from = call.shape(0);
  if (call.inputs.some(({ shape }) => shape.join() !== from.join()))
    call.mismatch('needs inputs of one shape');
  const axis = positiveAxis(call, call.int('axis', 0), from.length + 1);
  return [{ dtype: call.dtype(), shape: [...from.slice(0, axis), call.inputs.length, ...from.slice(axis)] }];
};

const unpack: ShapeRule = (call) => {
  const from = call.shape(0);
  const axis = positiveAxis(call, call.int('axis', 0), from.length);
  const part = from.filter((_, index) => index !== axis);
  return Array.from({ length: call.int('num') }, () => ({ dtype: call.dtype(), shape: part }));
};

/** Two inputs: dimensions, value. */
const fill: ShapeRule = (call) => [{ dtype: call.dtype(1), shape: call.numbers(0) }];

const range: ShapeRule = (call) => {
  const [start, stop, step] = [call.number(0), call.number(1), call.number(2)];
  return [{ dtype: call.dtype(), shape: [Math.max(0, Math.ceil((stop - start) / step))] }];
};

const linSpace: ShapeRule = (call) => [{ dtype: call.dtype(), shape: [call.number(2)] }];

/** Inputs: indices, depth, on value, off value. */
const oneHot: ShapeRule = (call) => {
  const from = call.shape(0);
  const axis = positiveAxis(call, call.int('axis', -1), from.length + 1);
  return [{ dtype: call.dtype(2), shape: [...from.slice(0, axis), call.number(1), ...from.slice(axis)] }];
};

export const layoutRules: Readonly<Record<string, ShapeRule>> = {
  Reshape: reshape,
  ExpandDims: expandDims,
  Squeeze: squeeze,
  Transpose: transpose,
  Slice: slice,
  PadV2: pad,
  MirrorPad: pad,
  Tile: tile,
  ReverseV2: same,
  BroadcastTo: broadcastTo,
  ConcatV2: concat,
  SplitV: split,
  Pack: pack,
  Unpack: unpack,
  Fill: fill,
  Range: range,
  LinSpace: linSpace,
  OneHot: oneHot,
};
