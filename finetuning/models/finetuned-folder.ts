import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ProblemType } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { ownLabels, problemOf } from './problem.js';

/** What a folder that `finetune` wrote says of itself. */
export interface FinetunedFolder {
  /** In the order of the logits; none of a language model. */
  readonly labels: readonly string[];
  /** What a row of logits says. */
  readonly problem: ProblemType;
  /** It is a language model, which goes on from a text. */
  readonly generates: boolean;
  /** The model that an adapter lies over; absent when the folder has a whole model. */
  readonly base?: { readonly name: string; readonly revision: string };
}

const labelsSchema = z.array(z.string()).min(1);
const revision = z.string().nullish();
/** PEFT's and AdapterHub's. */
const adapterSchema = z.union([
  z
    .object({ base_model_name_or_path: z.string().min(1), revision })
    .transform((config) => ({ name: config.base_model_name_or_path, revision: config.revision })),
  z
    .object({ model_name: z.string().min(1), revision })
    .transform((config) => ({ name: config.model_name, revision: config.revision })),
]);
/** Of the head beside an adapter that the `adapters` library wrote. */
const headSchema = z
  .object({ label2id: z.record(z.string(), z.int()) })
  .transform(({ label2id }) => Object.keys(label2id).sort((a, b) => (label2id[a] ?? 0) - (label2id[b] ?? 0)))
  .pipe(labelsSchema);

const configSchema = z.looseObject({ architectures: z.array(z.string()).default([]) });
type Config = z.output<typeof configSchema>;

/** @throws DiagnosticError `bad-model-folder` */
export function readFinetunedFolder(folder: string): FinetunedFolder {
  const has = (name: string): boolean => existsSync(join(folder, name));
  const config = has('config.json') ? readJson(folder, 'config.json', configSchema) : undefined;
  const generates = config !== undefined && isLanguageModel(config);
  const labels = generates ? [] : readLabels(folder, has, config);
  const said = { labels, generates, problem: problemOf(config) };
  if (!has('adapter_config.json')) return said;
  const adapter = readJson(folder, 'adapter_config.json', adapterSchema);
  return { ...said, base: { name: adapter.name, revision: adapter.revision ?? 'main' } };
}

/** transformers' names of models with a head over the vocabulary. */
function isLanguageModel({ architectures }: Config): boolean {
  return architectures.some((name) => /LMHeadModel$|ForCausalLM$/.test(name));
}

/** As we write them, as AdapterHub does, or as transformers does. */
function readLabels(
  folder: string,
  has: (name: string) => boolean,
  config: Config | undefined,
): readonly string[] {
  if (has('labels.json')) return readJson(folder, 'labels.json', labelsSchema);
  if (has('head_config.json')) return readJson(folder, 'head_config.json', headSchema);
  const own = ownLabels(config);
  const isClassifier = config?.architectures.some((name) => /For\w*Classification$/.test(name)) === true;
  return isClassifier && own.length > 0 ? own : readJson(folder, 'labels.json', labelsSchema);
}

function readJson<T extends z.ZodType>(folder: string, name: string, schema: T): z.output<T> {
  const file = join(folder, name);
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new DiagnosticError('bad-model-folder', {
      message: `${name} of the model cannot be read`,
      at: { file },
      fix: 'name a folder that `reprise finetune` wrote: models/checkpoints/best_model, models/final/model_v1',
      cause,
    });
  }
}
