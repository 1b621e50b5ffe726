import { DataType } from '../../graph/data-type.js';
import { positiveAxis, type OperationCall, type Shape, type ShapeRule } from '../operation-call.js';

function reduced(call: OperationCall): Shape {
  const shape = call.shape(0);
  const axes = new Set(call.numbers(1).map((axis) => positiveAxis(call, axis, shape.length)));
  return call.bool('keep_dims', false)
    ? shape.map((size, axis) => (axes.has(axis) ? 1 : size))
    : shape.filter((_, axis) => !axes.has(axis));
}

const reduction: ShapeRule = (call) => [{ dtype: call.dtype(), shape: reduced(call) }];

/** ArgMax and ArgMin: one axis goes; indices come out. */
const index: ShapeRule = (call) => {
  const shape = call.shape(0);
  const gone = positiveAxis(call, call.number(1), shape.length);
  return [{ dtype: call.int('output_type'), shape: shape.filter((_, axis) => axis !== gone) }];
};

const scan: ShapeRule = (call) => [{ dtype: call.dtype(), shape: call.shape(0) }];

/** Values and int32 indices of the k largest along the last axis. */
const largest: ShapeRule = (call) => {
  const shape = [...call.shape(0).slice(0, -1), call.number(1)];
  return [
    { dtype: call.dtype(), shape },
    { dtype: DataType.int32, shape },
  ];
};

export const reductionRules: Readonly<Record<string, ShapeRule>> = {
  Sum: reduction,
  Mean: reduction,
  Prod: reduction,
  Max: reduction,
  Min: reduction,
  All: reduction,
  Any: reduction,
  ArgMax: index,
  ArgMin: index,
  Cumsum: scan,
  Cumprod: scan,
  TopKV2: largest,
  /** Σ x² / 2 */
  L2Loss: (call) => [{ dtype: call.dtype(), shape: [] }],
};
