import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DiagnosticError } from '../../diagnostics/index.js';

const configSchema = z.looseObject({
  peft_type: z.string().optional(),
  base_model_name_or_path: z.string().nullish(),
  revision: z.string().nullish(),
});

/**
 * The model that an adapter of PEFT's names as its base.
 *
 * @throws DiagnosticError `no-adapter`, `cannot-merge`, `no-base`
 */
export function readAdapterBase(folder: string): { readonly name: string; readonly revision: string } {
  const file = join(folder, 'adapter_config.json');
  if (!existsSync(file))
    throw new DiagnosticError('no-adapter', {
      message: `${folder} has no adapter: there is nothing to merge`,
      at: { file },
      fix: 'name a folder that `reprise finetune` wrote with LoRA, or PEFT; a fully finetuned model is whole as it is',
    });
  const { peft_type, base_model_name_or_path: name, revision } = read(file);
  if (peft_type === undefined)
    throw new DiagnosticError('cannot-merge', {
      message:
        'this adapter has layers of its own between the model’s: there is no weight that they could be added to',
      at: { file },
      expected: 'LoRA, in PEFT’s format',
      fix: 'use it beside its base; only LoRA can be merged',
    });
  if (!name)
    throw new DiagnosticError('no-base', {
      message: 'the adapter does not name the model that it was trained over',
      at: { file },
      fix: 'name it with --base',
    });
  return { name, revision: revision ?? 'main' };
}

function read(file: string): z.output<typeof configSchema> {
  try {
    return configSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new DiagnosticError('bad-adapter', {
      message: `the adapter's configuration cannot be read: ${(cause as Error).message}`,
      at: { file },
      fix: 'take an adapter that `reprise finetune` or PEFT wrote',
      cause,
    });
  }
}
