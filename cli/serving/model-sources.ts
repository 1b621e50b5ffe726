import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { projectLayout } from '../../configs/index.js';
import { readFinetunedFolder, resolvePretrained } from '../../finetuning/index.js';
import type { ModelSource } from '../../finetuning/serving/index.js';
import { readProduction, type ProductionRecord } from '../../promotion/index.js';
import { noModel } from '../models/no-model.js';

/** Where promoted models are. */
export const FINAL = 'models/final';

/** What requests call the model in production. */
const PRODUCTION = 'production';

/** A `--model`: `name=folder`, or a folder, which is called by its last part. */
export interface NamedFolder {
  readonly name: string;
  readonly folder: string;
}

/** `name=folder`, or a folder, whose name is then the model's. */
export function parseModelFlag(text: string): NamedFolder {
  const [, name, folder] = /^([\w.-]+)=(.+)$/.exec(text) ?? [];
  if (name !== undefined && folder !== undefined) return { name, folder };
  const last = resolve(text).split('/').at(-1) ?? '';
  return { name: last, folder: text };
}

/**
 * A folder that `finetune` wrote, and the base that it lies over.
 *
 * @throws DiagnosticError `bad-model-folder`, and those of `resolvePretrained`
 */
export async function folderSource(
  root: string,
  { name, folder }: NamedFolder,
  version: string,
  log: (line: string) => void,
): Promise<ModelSource> {
  const model = resolve(root, folder);
  if (!existsSync(model)) throw noModel(folder);
  const { labels, problem, base } = readFinetunedFolder(model);
  const baseModelDir = base
    ? await resolvePretrained(base.name, { revision: base.revision, root, log })
    : model;
  return { name, version, baseModelDir, labels, problem, ...(base ? { adapterDir: model } : {}) };
}

/** The model in production, once its files are there. */
export async function productionSource(
  root: string,
  record: ProductionRecord,
  log: (line: string) => void,
): Promise<ModelSource> {
  return folderSource(root, { name: PRODUCTION, folder: record.model.path }, `v${record.version}`, log);
}

/** Whether the files of a record are there: git brings the record, DVC the files. */
export function isCheckedOut(root: string, record: ProductionRecord): boolean {
  return existsSync(join(root, record.model.path));
}

/**
 * What is served where no `--model` is given: the model in production, or before the first promotion the best of the last
 * training.
 */
export async function defaultSource(
  root: string,
  log: (line: string) => void,
): Promise<{ readonly source: ModelSource; readonly record?: ProductionRecord }> {
  const record = await readProduction(root, FINAL);
  if (record) return { source: await productionSource(root, record, log), record };
  const named = { name: 'best_model', folder: projectLayout.bestModel };
  return { source: await folderSource(root, named, 'latest', log) };
}
