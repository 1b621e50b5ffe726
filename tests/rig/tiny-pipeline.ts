import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tinyProject } from '../finetuning/training/tiny-project.js';

const PIPELINE = `stages:
  finetune_model:
    cmd: reprise finetune
    deps: [data/finetuning/train.jsonl, data/finetuning/val.jsonl]
    params: [finetuning, {configs/base_config.yaml: [task]}]
    outs: [models/checkpoints]
  evaluate_model:
    cmd: reprise evaluate
    deps: [data/finetuning/test.jsonl, models/checkpoints/best_model]
    outs: [reports, plots]
    metrics: [{metrics.json: {cache: false}}]
`;

/** The params.yaml of such a project. */
export const tinyParams = (epochs: number): string =>
  `finetuning:\n  preset: tiny\n  num_epochs: ${epochs}\nevaluation:\n  batch_size: 8\n  worst_errors: 3\n`;

/** A tiny project whose stages train and evaluate; nothing is committed. */
export function tinyPipeline(name: string): string {
  const root = tinyProject({
    'configs/base_config.yaml': `name: ${name}\ntask: text-classification\nseed: 42\n`,
    'params.yaml': tinyParams(2),
    'dvc.yaml': PIPELINE,
    '.dvc/config': '',
    '.dvc/.gitignore': '/config.local\n/tmp\n/cache\n',
    '.dvcignore': '',
    '.gitignore': '/.reprise\n',
  });
  copyFileSync(join(root, 'data/finetuning/val.jsonl'), join(root, 'data/finetuning/test.jsonl'));
  return root;
}

/** What the evaluation has of each test row: the text, and what the finetuned model says of it. */
export function evaluated(root: string): readonly { readonly text: string; readonly finetuned: string }[] {
  const lines = readFileSync(join(root, 'reports/predictions.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as { text: string; finetuned: string });
}
