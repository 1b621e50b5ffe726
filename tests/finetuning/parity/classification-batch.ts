import type { CellBatch } from './rig.js';

/** A batch of texts with labels, filled up to `rows`: what is missing is padding, none of which counts. */
export function classificationBatch(
  batch: Readonly<Record<string, unknown>>,
  rows: number,
  width: number,
): CellBatch {
  const { input_ids, attention_mask, labels } = batch as {
    readonly input_ids: number[][];
    readonly attention_mask: number[][];
    readonly labels: number[];
  };
  const inputs = {
    input_ids: new Int32Array(rows * width),
    attention_mask: new Float32Array(rows * width),
  };
  inputs.input_ids.set(input_ids.flat());
  inputs.attention_mask.set(attention_mask.flat());
  const padded = new Int32Array(rows);
  padded.set(labels);
  return { inputs, labels: padded, counted: new Float32Array(rows).fill(1, 0, labels.length) };
}
