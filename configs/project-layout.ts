import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DiagnosticError } from '../diagnostics/index.js';

/** Where a finetuning project keeps what, relative to its root. The template's dvc.yaml names the same paths. */
export const projectLayout = {
  params: 'params.yaml',
  baseConfig: 'configs/base_config.yaml',
  dataConfig: 'configs/data_config.yaml',
  raw: 'data/raw',
  processed: 'data/processed',
  rows: 'data/processed/rows.jsonl',
  preprocessReport: 'data/processed/report.json',
  pictures: 'data/processed/pictures',
  train: 'data/finetuning/train.jsonl',
  val: 'data/finetuning/val.jsonl',
  test: 'data/finetuning/test.jsonl',
  dataReport: 'data/report.json',
  dataReportPage: 'data/report.html',
  checkpoints: 'models/checkpoints',
  bestModel: 'models/checkpoints/best_model',
  metrics: 'metrics.json',
  reports: 'reports',
  plots: 'plots',
} as const;

/**
 * The nearest folder, from `from` upwards, with a params.yaml.
 *
 * @throws DiagnosticError `no-project`
 */
export function findProjectRoot(from: string): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, projectLayout.params))) return folder;
    if (dirname(folder) === folder) break;
  }
  throw new DiagnosticError('no-project', {
    message: `no ${projectLayout.params} in ${resolve(from)} or any folder above it`,
    fix: 'run this inside a finetuning project; `reprise init <folder>` lays one out',
  });
}
