import { z } from 'zod';

/** `configs/base_config.yaml`: what every stage shares. */
export const baseConfigSchema = z.strictObject({
  /** Shown in reports. */
  name: z.string().min(1),
  task: z.enum(['text-classification', 'causal-lm', 'image-classification']),
  /** Of the splits, the new head's weights, dropout and the order of the training rows. */
  seed: z.int().min(0).max(0xffffffff),
});

export type BaseConfig = z.output<typeof baseConfigSchema>;
