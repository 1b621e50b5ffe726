import { z } from 'zod';
import { userCodeSchema } from './user-code.js';

/** A data file or folder of the project. */
const insidePath = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith('/') && !path.includes('\\') && !path.split('/').includes('..'), {
    message: 'must be a path relative to the project that stays inside of it',
  });

/** The `evaluation` section of params.yaml. */
export const evaluationConfigSchema = z.strictObject({
  /** Texts per forward pass. Changes speed and memory, not the figures. */
  batch_size: z.int().min(1),
  /** How many of the most confident mistakes the report shows. */
  worst_errors: z.int().min(0),
  /** Of classifiers: how often the right label is among so many likeliest ones. */
  top_k: z.array(z.int().min(2)).default([5]),
  /** Of classifiers: confidences fall into so many bins of equal width, to be compared with how often each is right. */
  calibration_bins: z.int().min(2).max(1000).default(15),
  /** Fields of the test rows: figures for each value of each, beside those by label and by length. */
  slices: z.array(z.string().min(1)).default([]),
  /** Metrics of your own: files of the project that export `createMetric(options)`. metrics.json has each under its file's name. */
  metrics: z.array(userCodeSchema).default([]),
  /** Other test sets, by name: what the finetuned model may have forgotten. */
  sets: z
    .record(z.string().regex(/^\w[\w.-]*$/, 'must be of letters, digits, `_`, `-` and `.`'), insidePath)
    .default({}),
  /**
   * How models are told apart on the same rows: intervals that hold `confidence` of the differences, in so many draws of the
   * rows with replacement.
   */
  intervals: z
    .strictObject({
      /** Share of the differences that an interval holds. */
      confidence: z.number().gt(0.5).lt(1).default(0.95),
      /** How often rows are drawn. */
      replicates: z.int().min(100).max(100_000).default(2000),
      /** Of the draws. */
      seed: z.int().min(0).max(0xffffffff).default(0),
    })
    .prefault({}),
  /** Whether the model in production, where there is one, answers the test rows too. */
  production: z.boolean().default(true),
  /** Of language models: how many of the test rows with a completion are gone on from. */
  completions: z.int().min(0).default(200),
  /** Of language models: ends a text that does not end before, in tokens. */
  max_new_tokens: z.int().min(1).default(64),
});

export type EvaluationConfig = z.output<typeof evaluationConfigSchema>;
