import type { TinyModel } from './tiny-project.js';

const ANIMALS = ['mammal', 'carnivorous', 'domesticated', 'emoji'];
const PLACES = ['capital', 'cafe', 'of', 'the'];

/** All three forms of rows, of different lengths, drawn without randomness. */
function row(n: number): object {
  const [first, second] = [ANIMALS[n % 4] as string, PLACES[(n * 3) % 4] as string];
  const many = Array.from({ length: 1 + ((n * 7) % 5) }, () => second).join(' ');
  switch (n % 3) {
    case 0:
      return { id: `row-${n}`, text: `a ${first} is in ${many}` };
    case 1:
      return { prompt: `${many} of a`, completion: ` ${first}` };
    default:
      return {
        messages: [
          { role: 'user', content: many },
          { role: 'assistant', content: first },
        ],
      };
  }
}

const config = {
  method: 'full',
  model_name: 'model',
  learning_rate: 0.003,
  warmup_steps: 3,
  weight_decay: 0.01,
  num_epochs: 2,
  batch_size: 8,
  eval_batch_size: 16,
  max_length: 64,
  save_steps: 4,
  eval_steps: 6,
  logging_steps: 3,
  metric_for_best_model: 'loss',
} as const;

/** 13 updates per epoch, as BERT's. */
export const tinyGpt2: TinyModel = {
  folders: ['gpt2-tiny/model', 'gpt2-tiny/tokenizer'],
  task: 'causal-lm',
  config,
  dropouts: ['embd_pdrop', 'attn_pdrop', 'resid_pdrop'],
  rows: (count, offset) =>
    Array.from({ length: count }, (_, index) => `${JSON.stringify(row(index + offset))}\n`).join(''),
};
