import { z } from 'zod';
import { checkTogether } from './check-together.js';
import { loopSettings } from './loop-settings.js';
import { optimizerSettings } from './optimizer-settings.js';
import { regularizationSettings } from './regularization-settings.js';
import { scheduleSettings } from './schedule-settings.js';

const rate = z.number().min(0).lt(1);
const count = z.int().min(1);

/** What every method has. Names as in the Hugging Face Trainer, where it has them. */
const common = {
  /** A folder with config.json, model.safetensors and tokenizer.json, or a model's name on the Hugging Face hub. */
  model_name: z.string().min(1),
  /** A commit, tag or branch on the hub. A commit makes a run repeatable; a folder has no revision. */
  model_revision: z.string().min(1).default('main'),

  ...optimizerSettings,
  ...scheduleSettings,

  ...loopSettings,

  /** Rows per forward pass. */
  batch_size: count.default(8),
  /** Forward passes per step of the optimizer: a step sees batch_size × this many rows. */
  gradient_accumulation_steps: count.default(1),
  /** Rows per forward pass of a validation. */
  eval_batch_size: count.default(64),
  /** Batches of texts of like length waste less on padding. The order stays random, and a function of seed and epoch. */
  group_by_length: z.boolean().default(true),
  ...regularizationSettings,
  /** In tokens, the special ones included. Longer texts lose their end. */
  max_length: z.int().min(4).max(4096).default(128),

  /** Of the new weights, dropout and the order of the rows. Left out: base_config.yaml's. */
  seed: z.int().min(0).max(0xffffffff),
};

const loraSchema = z.strictObject({
  ...common,
  method: z.literal('lora'),
  /** Rank of the update that is learned for each target. */
  lora_r: count.default(8),
  /** The update is scaled by lora_alpha / lora_r. */
  lora_alpha: z.number().positive().default(8),
  /** Of what goes into the update. */
  lora_dropout: rate.default(0),
  /** Last parts of the names of the linear layers that get one. */
  target_modules: z.array(z.string().min(1)).min(1).default(['query', 'value']),
  /** Trained in full and saved beside the updates: the new head, and the pooler if it should learn too. */
  modules_to_save: z.array(z.string().min(1)).default(['classifier']),
});

const fullSchema = z.strictObject({ ...common, method: z.literal('full') });

/** A preset of `configs/finetuning/`, overlaid by the `finetuning` section of params.yaml. */
export const finetuningConfigSchema = z
  .discriminatedUnion('method', [loraSchema, fullSchema])
  .superRefine(checkTogether);

export type FinetuningConfig = z.output<typeof finetuningConfigSchema>;
export type LoraConfig = Extract<FinetuningConfig, { method: 'lora' }>;
export type FinetuningMethod = FinetuningConfig['method'];
