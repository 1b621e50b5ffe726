import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { projectLayout } from '../../../configs/index.js';
import { hubPlace, neededFiles, readFinetunedFolder, resolvePretrained } from '../../../finetuning/index.js';
import { productionFile, type ProductionRecord } from '../../../promotion/index.js';
import { FINAL } from '../../serving/model-sources.js';
import { promotedFolder } from '../promoted.js';
import { placeFile, placeFolder } from './place-file.js';

/** Of the context: a project that has the model in production alone. */
export const PROJECT = 'project';
/** Of the context: laid out as the Hugging Face hub's cache. */
export const HUB = 'hub';
/** In the project: a base that lay outside of it. */
const BASE = 'base_model';

/**
 * Puts the model in production, and the base that it lies over, where `reprise serve` finds them without a network.
 *
 * @throws DiagnosticError `model-not-here`, `bad-model-folder`, and those of `resolvePretrained`
 */
export async function placeModel(options: {
  readonly root: string;
  readonly record: ProductionRecord;
  /** The image's context. */
  readonly context: string;
  readonly log: (line: string) => void;
}): Promise<void> {
  const { root, record, context, log } = options;
  const model = promotedFolder(root, record);
  const { base } = readFinetunedFolder(model);
  const project = join(context, PROJECT);
  await placeFolder(model, join(project, record.model.path));
  for (const file of [projectLayout.params, productionFile(FINAL)])
    await placeFile(join(root, file), join(project, file));
  if (!base) return;

  const folder = await resolvePretrained(base.name, { revision: base.revision, root, log });
  const local = resolve(root, base.name);
  const hub = hubPlace(join(context, HUB), base.name, base.revision);
  if (folder === local && !relative(root, local).startsWith('..'))
    return placeNeeded(folder, join(project, relative(root, local)));
  if (folder !== local && hub) {
    await placeNeeded(folder, hub.snapshot);
    if (!hub.reference) return;
    const { file, commit } = hub.reference;
    await mkdir(dirname(file), { recursive: true });
    return writeFile(file, commit);
  }
  await placeNeeded(folder, join(project, BASE));
  await nameBase(join(project, record.model.path, 'adapter_config.json'));
}

async function placeNeeded(from: string, to: string): Promise<void> {
  for (const name of neededFiles(from)) await placeFile(join(from, name), join(to, name));
}

/** A folder elsewhere, or one that a file of weights was made into: the copy's adapter says where it is now. */
async function nameBase(file: string): Promise<void> {
  const config = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const key = 'base_model_name_or_path' in config ? 'base_model_name_or_path' : 'model_name';
  // It may be the same file as the cache's.
  await rm(file);
  await writeFile(file, `${JSON.stringify({ ...config, [key]: BASE, revision: null }, undefined, 2)}\n`);
}
