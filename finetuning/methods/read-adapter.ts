import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { LoraSettings } from './lora.js';

const names = z.array(z.string());
/** What changes the arithmetic, and what we cannot do if it is set. Other fields of PEFT's are passed over. */
const adapterSchema = z.object({
  peft_type: z.literal('LORA'),
  r: z.int().min(1),
  lora_alpha: z.number(),
  lora_dropout: z.number().default(0),
  target_modules: names,
  modules_to_save: names.nullable().default([]),
  bias: z.literal('none').default('none'),
  use_rslora: z.literal(false).default(false),
  use_dora: z.literal(false).default(false),
});

/** @throws DiagnosticError `bad-adapter` */
export function readAdapterConfig(folder: string): LoraSettings {
  const path = join(folder, 'adapter_config.json');
  const refuse = (message: string, cause: unknown): never => {
    throw new DiagnosticError('bad-adapter', {
      message,
      at: { file: path },
      fix: 'take an adapter that `reprise finetune` or PEFT wrote with plain LoRA',
      cause,
    });
  };
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    return refuse(`the adapter's configuration cannot be read: ${(cause as Error).message}`, cause);
  }
  const result = adapterSchema.safeParse(json);
  if (!result.success) {
    const issue = result.error.issues[0] as z.core.$ZodIssue;
    return refuse(`this adapter cannot be used: ${issue.path.join('.')}: ${issue.message}`, result.error);
  }
  const { r, lora_alpha, lora_dropout, target_modules, modules_to_save } = result.data;
  return {
    rank: r,
    alpha: lora_alpha,
    dropout: lora_dropout,
    targets: target_modules,
    saved: [...new Set(modules_to_save)],
  };
}
