import type { CellBatch } from './rig.js';

/** A batch of transformers' with labels, where −100 does not count: the label of a place is the token after it. */
export function languageModelBatch(batch: Readonly<Record<string, unknown>>): CellBatch {
  const { input_ids, attention_mask, labels } = batch as {
    readonly input_ids: number[][];
    readonly attention_mask: number[][];
    readonly labels: number[][];
  };
  const shifted = labels.flatMap((row) => [...row.slice(1), -100]);
  return {
    inputs: {
      input_ids: Int32Array.from(input_ids.flat()),
      attention_mask: Float32Array.from(attention_mask.flat()),
      position_ids: Int32Array.from(input_ids.flatMap((row) => [...row.keys()])),
    },
    labels: Int32Array.from(shifted, (label) => Math.max(0, label)),
    counted: Float32Array.from(shifted, (label) => (label < 0 ? 0 : 1)),
  };
}
