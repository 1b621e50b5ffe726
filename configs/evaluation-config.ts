import { z } from 'zod';

/** The `evaluation` section of params.yaml. */
export const evaluationConfigSchema = z.strictObject({
  /** Texts per forward pass. Changes speed and memory, not the figures. */
  batch_size: z.int().min(1),
  /** How many of the most confident mistakes the report shows. */
  worst_errors: z.int().min(0),
});

export type EvaluationConfig = z.output<typeof evaluationConfigSchema>;
