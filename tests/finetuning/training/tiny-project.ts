import { cpSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeFiles } from '../../rig/project.js';

const FIXTURES = 'tests/finetuning/fixtures';

/** Words of each label that the tiny tokenizer knows in part: enough for the tiny model to learn something. */
const WORDS = {
  animal: ['mammal', 'carnivorous', 'domesticated', 'emoji'],
  place: ['capital', 'cafe', 'of', 'the'],
  thing: ['finance', 'angstrom', 'kind', 'spaces'],
} as const;

/** A jsonl of texts of different lengths, drawn without randomness. */
function rows(count: number, offset: number): string {
  const labels = Object.keys(WORDS) as (keyof typeof WORDS)[];
  return Array.from({ length: count }, (_, index) => {
    const n = index + offset;
    const label = labels[n % 3] as keyof typeof WORDS;
    const words = Array.from({ length: 1 + ((n * 7) % 5) }, (_word, at) => WORDS[label][(n * 3 + at) % 4]);
    return JSON.stringify({ id: `row-${n}`, text: words.join(' '), label });
  })
    .map((line) => `${line}\n`)
    .join('');
}

export const tinyConfig = {
  method: 'lora',
  model_name: 'model',
  lora_r: 4,
  lora_alpha: 8,
  lora_dropout: 0.1,
  target_modules: ['query', 'value'],
  learning_rate: 0.01,
  warmup_steps: 3,
  weight_decay: 0.01,
  num_epochs: 2,
  batch_size: 8,
  eval_batch_size: 16,
  gradient_accumulation_steps: 1,
  max_length: 24,
  save_steps: 4,
  eval_steps: 6,
  logging_steps: 3,
} as const;

/** A finetuning project whose model takes a second to train: 13 updates per epoch, two epochs, dropout on. */
export function tinyProject(overrides: Readonly<Record<string, unknown>> = {}): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-finetune-')));
  cpSync(join(FIXTURES, 'bert-tiny/model'), join(root, 'model'), { recursive: true });
  cpSync(join(FIXTURES, 'tokenizer-tiny'), join(root, 'model'), { recursive: true });
  const { config, ...rest } = overrides as { config?: object };
  writeFiles(root, {
    'params.yaml': 'finetuning:\n  preset: tiny\n',
    'configs/base_config.yaml': 'name: tiny\ntask: text-classification\nseed: 42\n',
    'configs/finetuning/tiny_config.yaml': stringify({ ...tinyConfig, ...config }),
    'data/finetuning/train.jsonl': rows(100, 0),
    'data/finetuning/val.jsonl': rows(30, 1000),
    ...(rest as Record<string, string>),
  });
  const modelConfig = join(root, 'model/config.json');
  writeFiles(root, { 'model/config.json': withDropout(modelConfig) });
  return root;
}

function withDropout(path: string): string {
  const config = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  return JSON.stringify({ ...config, hidden_dropout_prob: 0.1, attention_probs_dropout_prob: 0.1 });
}
