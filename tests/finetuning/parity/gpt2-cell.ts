import { languageModelBatch } from './language-model-batch.js';
import type { Cell } from './rig.js';

/** The tiny GPT-2 of tests/finetuning/fixtures/gpt2-tiny, whatever the method. */
export const gpt2: Pick<
  Cell,
  'folder' | 'labels' | 'rows' | 'width' | 'toBatch' | 'isRounding' | 'logitRows'
> = {
  folder: 'gpt2-tiny',
  labels: [],
  rows: 5,
  width: 9,
  // Of 45: in parts, of which the last is smaller.
  logitRows: 14,
  toBatch: languageModelBatch,
  // Of query, key and value [3, 16] the key's: softmax takes no notice of what is added to all keys.
  isRounding: (own, at) => own.endsWith('.c_attn.bias') && Math.floor(at / 16) === 1,
};
