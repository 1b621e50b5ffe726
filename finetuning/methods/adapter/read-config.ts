import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readAdapterFile, refuseAdapter } from '../adapter-config-file.js';
import { nonLinearities, type NonLinearity } from './activations.js';
import type { AdapterSettings } from './settings.js';

const off = z.literal(false).default(false);
/** What changes the arithmetic, and what we cannot do if it is set. Fields that change nothing here are passed over. */
const adapterSchema = z.object({
  name: z.string().min(1),
  version: z.string().optional(),
  config: z.object({
    architecture: z.null().optional(),
    mh_adapter: z.boolean(),
    output_adapter: z.boolean(),
    non_linearity: z.string(),
    reduction_factor: z.number().positive(),
    dropout: z.number().min(0).lt(1).default(0),
    original_ln_before: z.boolean().default(false),
    original_ln_after: z.literal(true).default(true),
    residual_before_ln: z.literal(true).default(true),
    scaling: z.literal(1).default(1),
    inv_adapter: z.null().default(null),
    leave_out: z.array(z.int()).max(0).default([]),
    stochastic_depth: z.literal(0).default(0),
    cross_adapter: off,
    is_parallel: off,
    ln_after: off,
    ln_before: off,
    phm_layer: off,
    use_gating: off,
  }),
});

/** What files without a version call these. */
const RENAMED: Readonly<Record<string, NonLinearity>> = { gelu: 'gelu_new', gelu_orig: 'gelu' };

/** Is the folder an adapter in this format, rather than PEFT's? Both have an adapter_config.json. */
export function isAdapterHubFolder(folder: string): boolean {
  const path = join(folder, 'adapter_config.json');
  if (!existsSync(path)) return false;
  try {
    return !('peft_type' in (JSON.parse(readFileSync(path, 'utf8')) as object));
  } catch {
    return false;
  }
}

const FIX =
  'take a bottleneck adapter that `reprise finetune` or the adapters library wrote: seq_bn or double_seq_bn';

/** @throws DiagnosticError `bad-adapter` */
export function readAdapterHubConfig(folder: string): Omit<AdapterSettings, 'saved'> {
  const { name, version, config } = readAdapterFile(folder, adapterSchema, FIX);
  const given = config.non_linearity.toLowerCase();
  const nonLinearity = (version === undefined ? RENAMED[given] : undefined) ?? given;
  if (!nonLinearities.includes(nonLinearity as NonLinearity))
    return refuseAdapter(folder, `this adapter cannot be used: its non_linearity is ${given}`, FIX);
  return {
    name,
    halves: [
      ...(config.mh_adapter ? (['attention'] as const) : []),
      ...(config.output_adapter ? (['output'] as const) : []),
    ],
    normBefore: config.original_ln_before,
    nonLinearity: nonLinearity as NonLinearity,
    reductionFactor: config.reduction_factor,
    dropout: config.dropout,
  };
}
