import type { Cell } from './rig.js';

/** The tiny BERT of tests/finetuning/fixtures/bert-tiny, whatever the method. */
export const bert: Pick<Cell, 'folder' | 'labels' | 'rows' | 'width' | 'toBatch' | 'isRounding'> = {
  folder: 'bert-tiny',
  labels: ['a', 'b', 'c'],
  rows: 5,
  width: 9,
  toBatch(batch) {
    const { input_ids, attention_mask, labels } = batch as {
      readonly input_ids: number[][];
      readonly attention_mask: number[][];
      readonly labels: number[];
    };
    return {
      inputs: {
        input_ids: Int32Array.from(input_ids.flat()),
        attention_mask: Float32Array.from(attention_mask.flat()),
      },
      labels: Int32Array.from(labels),
      counted: new Float32Array(labels.length).fill(1),
    };
  },
  // Softmax takes no notice of what is added to all keys.
  isRounding: (own) => own.endsWith('.key.bias'),
};
