import { z } from 'zod';

const count = z.int().min(1);

/** When a training looks at the validation set, writes files, and ends. */
export const loopSettings = {
  /** Passes over the training rows; 0.5: the first half of one. */
  num_epochs: z.number().positive().default(3),
  /** Stops earlier than `num_epochs` would; `null`: by epochs alone. */
  max_steps: count.nullable().default(null),

  /** `epoch`: validate at the end of each epoch, and each eval_steps beside. `steps`: each eval_steps and at the end. `no`. */
  eval_strategy: z.enum(['epoch', 'steps', 'no']).default('epoch'),
  /** Steps between two passes over the validation set; `null`: at the end of each epoch alone. */
  eval_steps: count.nullable().default(null),
  /** What makes the best model, on the validation set. A regression has no accuracy: there the loss does. */
  metric_for_best_model: z.enum(['accuracy', 'loss']).default('accuracy'),
  /** Stop after so many validations in a row without a better one; `null`: never. */
  early_stopping_patience: count.nullable().default(null),
  /** A validation is better only if by more than this. */
  early_stopping_threshold: z.number().min(0).default(0),

  /** `steps`: a checkpoint each save_steps. `epoch`: at the end of each epoch. One is written at the end in any case. */
  save_strategy: z.enum(['steps', 'epoch']).default('steps'),
  /** Steps between two checkpoints: what a kill costs at most. */
  save_steps: count.default(50),
  /** How many checkpoints are kept. The one before the last is what a damaged last one falls back to. */
  save_total_limit: z.int().min(2).default(2),
  /** Keep the model of each epoch's end as `epoch_N/` beside `best_model/`. */
  save_epochs: z.boolean().default(false),
  /** Of these, how many of the last are kept; `null`: all. */
  save_epochs_limit: count.nullable().default(null),
  /** Steps between two entries of the history. */
  logging_steps: count.default(10),
  /** Your own callbacks: files of the project that export `createCallback(config)`. */
  callbacks: z.array(z.string().min(1)).default([]),
};
