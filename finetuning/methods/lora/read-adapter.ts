import { z } from 'zod';
import { readAdapterFile } from '../adapter-config-file.js';
import type { LoraSettings } from './settings.js';

const names = z.array(z.string().min(1));
const patterns = z.record(z.string(), z.number().positive()).nullable().default({});

/** Starts that change the pretrained weights themselves, so that the adapter fits no longer what it names as its base. */
const MOVES_BASE = /^(pissa|olora|corda|loftq|lora_ga)/;

/** Variants that change the arithmetic in ways that are not done here. Absent, null, false or empty: not in use. */
const OTHER_VARIANTS = [
  'alora_invocation_tokens',
  'arrow_config',
  'exclude_modules',
  'kasa_config',
  'layer_replication',
  'layers_to_transform',
  'lora_bias',
  'monteclora_config',
  'target_parameters',
  'trainable_token_indices',
  'use_bdlora',
  'use_qalora',
] as const;

/** What changes the arithmetic. Other fields of PEFT's are passed over. */
const adapterSchema = z
  .looseObject({
    peft_type: z.literal('LORA'),
    r: z.int().min(1),
    lora_alpha: z.number(),
    lora_dropout: z.number().default(0),
    target_modules: z.union([names.min(1), z.string().min(1)]),
    modules_to_save: names.nullable().default([]),
    bias: z.enum(['none', 'all', 'lora_only']).default('none'),
    use_rslora: z.boolean().default(false),
    use_dora: z.boolean().default(false),
    rank_pattern: patterns,
    alpha_pattern: patterns,
    init_lora_weights: z
      .union([z.boolean(), z.string().refine((start) => !MOVES_BASE.test(start), 'changes the base model')])
      .nullable()
      .default(true),
  })
  .superRefine((config, context) => {
    for (const name of OTHER_VARIANTS)
      if (isUsed(config[name]))
        context.addIssue({ code: 'custom', path: [name], message: 'this variant of LoRA is not supported' });
  });

function isUsed(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== false;
}

const FIX = 'take an adapter that `reprise finetune` wrote, or PEFT with LoRA, rsLoRA or DoRA';

/** @throws DiagnosticError `bad-adapter` */
export function readAdapterConfig(folder: string): LoraSettings {
  const data = readAdapterFile(folder, adapterSchema, FIX);
  return {
    rank: data.r,
    alpha: data.lora_alpha,
    dropout: data.lora_dropout,
    targets: data.target_modules,
    saved: [...new Set(data.modules_to_save)],
    bias: data.bias,
    rankStabilized: data.use_rslora,
    magnitudes: data.use_dora,
    rankPattern: data.rank_pattern ?? {},
    alphaPattern: data.alpha_pattern ?? {},
  };
}
