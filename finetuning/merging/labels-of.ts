import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ProblemType } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { problemOf } from '../models/problem.js';
import { readProblem, readTask } from '../models/read-network.js';

const labelsSchema = z.array(z.string()).min(1);
const configSchema = z.looseObject({ id2label: z.record(z.string(), z.string()).optional() });

/**
 * The classes that an adapter was trained for, in the order of the logits: as its folder says, or else its base; PEFT writes
 * none. A language model has none.
 *
 * @throws DiagnosticError `bad-model-folder`
 */
export function labelsOf(adapterDir: string, baseModelDir: string): readonly string[] {
  if (readTask(baseModelDir) === 'causal-lm') return [];
  const own = join(adapterDir, 'labels.json');
  if (existsSync(own)) return read(own, labelsSchema);
  for (const folder of [adapterDir, baseModelDir]) {
    const file = join(folder, 'config.json');
    if (!existsSync(file)) continue;
    const { id2label } = read(file, configSchema);
    if (id2label) return Object.keys(id2label).map((_, index) => id2label[index] ?? String(index));
  }
  // transformers does not write what is its default.
  return ['LABEL_0', 'LABEL_1'];
}

/** What the adapter's head is for: as its folder says, or else its base. @throws DiagnosticError `bad-model-folder` */
export function problemOfAdapter(adapterDir: string, baseModelDir: string): ProblemType {
  const file = join(adapterDir, 'config.json');
  // An adapter's config.json may have nothing but how its base is quantized.
  const config = existsSync(file) ? read(file, configSchema) : undefined;
  return config?.id2label ? problemOf(config) : readProblem(baseModelDir, null);
}

function read<T extends z.ZodType>(file: string, schema: T): z.output<T> {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new DiagnosticError('bad-model-folder', {
      message: 'the labels of the adapter cannot be read',
      at: { file },
      fix: 'name a folder that `reprise finetune` or PEFT wrote',
      cause,
    });
  }
}
