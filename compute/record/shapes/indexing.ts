import { positiveAxis, type ShapeRule } from '../operation-call.js';

/** Inputs: parameters, indices, axis. */
const gather: ShapeRule = (call) => {
  const [from, indices] = [call.shape(0), call.shape(1)];
  const axis = positiveAxis(call, call.number(2), from.length);
  const batch = call.int('batch_dims', 0);
  return [
    {
      dtype: call.dtype(),
      shape: [...from.slice(0, axis), ...indices.slice(batch), ...from.slice(axis + 1)],
    },
  ];
};

/** The last axis of the indices counts into the first axes of the parameters. */
const gatherNd: ShapeRule = (call) => {
  const [from, indices] = [call.shape(0), call.shape(1)];
  return [{ dtype: call.dtype(), shape: [...indices.slice(0, -1), ...from.slice(indices.at(-1))] }];
};

/** Inputs: indices, updates, shape. */
const scatterNd: ShapeRule = (call) => [{ dtype: call.dtype(1), shape: call.numbers(2) }];

const scatterUpdate: ShapeRule = (call) => [{ dtype: call.dtype(), shape: call.shape(0) }];

/** Inputs: values, segment of each, number of segments. The segments' axes fall together into one. */
const segments: ShapeRule = (call) => [
  { dtype: call.dtype(), shape: [call.number(2), ...call.shape(0).slice(call.shape(1).length)] },
];

export const indexingRules: Readonly<Record<string, ShapeRule>> = {
  GatherV2: gather,
  GatherNd: gatherNd,
  ScatterNd: scatterNd,
  TensorScatterUpdate: scatterUpdate,
  InplaceUpdate: scatterUpdate,
  UnsortedSegmentSum: segments,
  UnsortedSegmentMax: segments,
};
