import { cpSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFiles } from './project.js';

const GPT2 = 'tests/finetuning/fixtures/gpt2-tiny';

/** A project with a tiny GPT-2 as `models/pretrained/tiny`, and nothing promoted yet. */
export function languageModelProject(): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-promoted-')));
  writeFiles(root, {
    'params.yaml': 'finetuning:\n  preset: lora_config\n',
    'configs/base_config.yaml': 'name: Tiny Prose\ntask: causal-lm\nseed: 42\n',
  });
  copyTinyModel(join(root, 'models/pretrained/tiny'));
  return root;
}

export function copyTinyModel(folder: string): void {
  for (const part of ['model', 'tokenizer']) cpSync(join(GPT2, part), folder, { recursive: true });
}

/** Puts PEFT's LoRA adapter over a base into production: what `retrain` leaves, without its training. */
export function promoteAdapter(root: string, version: number, base = 'models/pretrained/tiny'): void {
  const folder = join(root, `models/final/model_v${version}`);
  cpSync(join(GPT2, 'lora'), folder, { recursive: true });
  cpSync(join(GPT2, 'model/config.json'), join(folder, 'config.json'));
  const file = join(folder, 'adapter_config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...config, base_model_name_or_path: base }));
  promote(root, version);
}

/** Puts the whole model into production. */
export function promoteWhole(root: string, version: number): void {
  copyTinyModel(join(root, `models/final/model_v${version}`));
  promote(root, version);
}

function promote(root: string, version: number): void {
  const model = {
    path: `models/final/model_v${version}`,
    md5: `${String(version).repeat(32).slice(0, 32)}.dir`,
  };
  const promoted = { at: '2026-01-01T00:00:00Z', by: 'a', reason: 'b', run: 'c' };
  const record = { version, model, predictions: model, promoted };
  writeFileSync(join(root, 'models/final/production.json'), JSON.stringify(record));
}
