import type { Cell } from './rig.js';

/** The tiny ResNets of tests/finetuning/fixtures, whatever the method. */
export const resnet: Omit<Cell, 'folder' | 'method' | 'makeMethod'> = {
  labels: ['a', 'b', 'c'],
  rows: 6,
  width: 20,
  ownName: (stored) => stored,
  toBatch(batch) {
    const { pixel_values, labels } = batch as { readonly pixel_values: number[]; readonly labels: number[] };
    return {
      inputs: { pixel_values: Float32Array.from(pixel_values) },
      labels: Int32Array.from(labels),
      counted: new Float32Array(labels.length).fill(1),
    };
  },
};
