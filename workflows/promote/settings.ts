import { z } from 'zod';
import { duration } from './duration.js';

// zod's compiled parsers need `new Function`, which has no place in the workflow sandbox.
z.config({ jitless: true });

const inside = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith('/') && !path.split(/[\\/]/).includes('..'), {
    message: 'expected a path inside the project',
  });
const column = z.string().min(1);

/** How a candidate is judged and promoted: fields of the workflows' input, and of `retrain` in `.reprise/config.yaml`. */
export const promotionFields = {
  /** The folder that training makes. */
  model: inside,
  /** The candidate's answers on the test rows: JSON lines. */
  predictions: inside,
  /** Names of their fields. */
  columns: z
    .strictObject({
      /** Which row it is: `id`. */
      id: column,
      /** What is right: `label`. */
      label: column,
      /** What the model answers: `prediction`. */
      prediction: column,
    })
    .partial(),
  /** Folder of the promoted models, and of production.json. */
  final: inside,
  /** Command that writes another model's answers on today's test rows. Empty: there is none. */
  predict: z.string(),
  /** By what models are compared. */
  metric: z.enum(['macro_f1', 'accuracy']),
  /** How much better a candidate must be to count as better. */
  minGain: z.number().min(0).max(1),
  /** How far a label's recall may fall. */
  maxClassRegression: z.number().min(0).max(1),
  /** Labels with fewer test rows are not looked at one by one. */
  minSupport: z.number().int().min(1),
  /** Of the intervals. */
  confidence: z.number().gt(0.5).lt(1),
  /** How often rows are drawn for the intervals (bootstrap). */
  replicates: z.number().int().min(100).max(100_000),
  /** Of these draws. */
  seed: z.number().int().min(0).max(0xffffffff),
  /** Who decides: a person where the figures do not (`auto`), always, or never. */
  approval: z.enum(['auto', 'always', 'never']),
  /** What becomes of a candidate that is worse: `hold` waits for a person. */
  onWorse: z.enum(['reject', 'hold']),
  /** What becomes of one that is neither better nor worse. */
  onEven: z.enum(['hold', 'promote', 'reject']),
  /** How long a person has. */
  approvalTimeout: duration,
  /** After how long people are told again; 0 never. */
  reminder: z.union([z.literal(0), duration]),
  /** What becomes of a candidate about which nobody said anything in time. */
  onTimeout: z.enum(['reject', 'hold']),
} as const;

export type PromotionSettings = z.output<z.ZodObject<typeof promotionFields>>;

export const PROMOTION_DEFAULTS: PromotionSettings = {
  model: 'models/checkpoints/best_model',
  predictions: 'reports/predictions.jsonl',
  columns: {},
  final: 'models/final',
  predict: '',
  metric: 'macro_f1',
  minGain: 0,
  maxClassRegression: 0.05,
  minSupport: 20,
  confidence: 0.95,
  replicates: 2000,
  seed: 0,
  approval: 'auto',
  onWorse: 'reject',
  onEven: 'hold',
  approvalTimeout: 7 * 86_400,
  reminder: 86_400,
  onTimeout: 'reject',
};
