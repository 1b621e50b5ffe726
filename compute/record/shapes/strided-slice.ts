import type { OperationCall, ShapeRule } from '../operation-call.js';

/**
 * `x[begin:end:stride, …]` with masks, a bit per entry of the three inputs: begin or end left out, an ellipsis, a new
 * axis, an index in place of a range (which drops the axis).
 */
const stridedSlice: ShapeRule = (call) => {
  const mask = (name: string): ((entry: number) => boolean) => {
    const bits = call.int(name, 0);
    return (entry) => ((bits >> entry) & 1) === 1;
  };
  const [ellipsis, newAxis, shrink] = [
    mask('ellipsis_mask'),
    mask('new_axis_mask'),
    mask('shrink_axis_mask'),
  ];
  const from = call.shape(0);
  const [begin, end, strides] = [call.numbers(1), call.numbers(2), call.numbers(3)];
  const entries = begin.length;
  const named = begin.filter((_, entry) => !ellipsis(entry) && !newAxis(entry)).length;
  const shape: number[] = [];
  let axis = 0;
  const takeRest = (count: number): void => {
    for (let index = 0; index < count; index++) shape.push(from[axis++] as number);
  };
  for (let entry = 0; entry < entries; entry++) {
    if (ellipsis(entry)) takeRest(from.length - named);
    else if (newAxis(entry)) shape.push(1);
    else {
      const size = from[axis++] ?? call.mismatch(`has no axis ${axis - 1}`);
      if (shrink(entry)) continue;
      const stride = strides[entry] as number;
      const first = mask('begin_mask')(entry) ? undefined : begin[entry];
      const last = mask('end_mask')(entry) ? undefined : end[entry];
      shape.push(rangeLength(call, size, first, last, stride));
    }
  }
  takeRest(from.length - axis);
  return [{ dtype: call.dtype(), shape }];
};

/** Python's slice of a list of `size`. */
function rangeLength(
  call: OperationCall,
  size: number,
  begin: number | undefined,
  end: number | undefined,
  stride: number,
): number {
  if (stride === 0) call.mismatch('needs strides other than 0');
  const [low, high] = stride > 0 ? [0, size] : [-1, size - 1];
  const clamp = (value: number): number => Math.min(Math.max(value < 0 ? value + size : value, low), high);
  const start = begin === undefined ? (stride > 0 ? low : high) : clamp(begin);
  const stop = end === undefined ? (stride > 0 ? high : low) : clamp(end);
  return Math.max(0, Math.ceil((stop - start) / stride));
}

export const stridedSliceRules: Readonly<Record<string, ShapeRule>> = { StridedSlice: stridedSlice };
