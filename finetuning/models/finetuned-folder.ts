import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DiagnosticError } from '../../diagnostics/index.js';

/** What a folder that `finetune` wrote says of itself. */
export interface FinetunedFolder {
  /** In the order of the logits; none of a language model. */
  readonly labels: readonly string[];
  /** It is a language model, which goes on from a text. */
  readonly generates: boolean;
  /** The model that an adapter lies over; absent when the folder has a whole model. */
  readonly base?: { readonly name: string; readonly revision: string };
}

const labelsSchema = z.array(z.string()).min(2);
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

/** @throws DiagnosticError `bad-model-folder` */
export function readFinetunedFolder(folder: string): FinetunedFolder {
  const has = (name: string): boolean => existsSync(join(folder, name));
  const generates = has('config.json') && isLanguageModel(readJson(folder, 'config.json', configSchema));
  const labels = generates ? [] : readLabels(folder, has);
  if (!has('adapter_config.json')) return { labels, generates };
  const adapter = readJson(folder, 'adapter_config.json', adapterSchema);
  return { labels, generates, base: { name: adapter.name, revision: adapter.revision ?? 'main' } };
}

/** transformers' names of models with a head over the vocabulary. */
function isLanguageModel({ architectures }: z.output<typeof configSchema>): boolean {
  return architectures.some((name) => /LMHeadModel$|ForCausalLM$/.test(name));
}

function readLabels(folder: string, has: (name: string) => boolean): string[] {
  return !has('labels.json') && has('head_config.json')
    ? readJson(folder, 'head_config.json', headSchema)
    : readJson(folder, 'labels.json', labelsSchema);
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
