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
export function tinyRows(count: number, offset: number): string {
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

/** A tiny model with rows that it can learn something from. */
export interface TinyModel {
  /** Folders of fixtures, each laid over the one before. */
  readonly folders: readonly string[];
  readonly task: string;
  readonly config: object;
  /** Fields of the model's config.json that are set to 0.1. */
  readonly dropouts: readonly string[];
  rows(count: number, offset: number): string;
}

export const tinyBert: TinyModel = {
  folders: ['bert-tiny/model', 'tokenizer-tiny'],
  task: 'text-classification',
  config: tinyConfig,
  dropouts: ['hidden_dropout_prob', 'attention_probs_dropout_prob'],
  rows: tinyRows,
};

/** A finetuning project whose model takes a second to train: 13 updates per epoch, two epochs, dropout on. */
export function tinyProject(
  overrides: Readonly<Record<string, unknown>> = {},
  model: TinyModel = tinyBert,
): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-finetune-')));
  for (const folder of model.folders)
    cpSync(join(FIXTURES, folder), join(root, 'model'), { recursive: true });
  const { config, ...rest } = overrides as { config?: object };
  writeFiles(root, {
    'params.yaml': 'finetuning:\n  preset: tiny\n',
    'configs/base_config.yaml': `name: tiny\ntask: ${model.task}\nseed: 42\n`,
    'configs/finetuning/tiny.yaml': stringify({ ...model.config, ...config }),
    'data/finetuning/train.jsonl': model.rows(100, 0),
    'data/finetuning/val.jsonl': model.rows(30, 1000),
    ...(rest as Record<string, string>),
  });
  writeFiles(root, { 'model/config.json': withDropout(join(root, 'model/config.json'), model.dropouts) });
  return root;
}

function withDropout(path: string, names: readonly string[]): string {
  const config = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  return JSON.stringify({ ...config, ...Object.fromEntries(names.map((name) => [name, 0.1])) });
}
