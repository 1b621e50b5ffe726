import { z } from 'zod';

const rate = z.number().min(0).lt(1);

const pattern = z.string().refine(
  (source) => {
    try {
      return new RegExp(source) instanceof RegExp;
    } catch {
      return false;
    }
  },
  { message: 'must be a regular expression' },
);

/** Parameters that are trained otherwise than the rest. */
const paramGroupSchema = z.strictObject({
  /** A regular expression, found anywhere in a parameter's name. */
  match: pattern,
  /** In place of `learning_rate`, under the same schedule. */
  learning_rate: z.number().min(0).optional(),
  /** In place of `weight_decay`; decays also what would not be decayed. */
  weight_decay: z.number().min(0).optional(),
});

/** How gradients become steps. */
export const optimizerSettings = {
  /** Names as the Trainer's `optim`: `adamw_torch`, `adam` (decay inside of the gradient), `sgd`, `adafactor`, `lion`. */
  optim: z.enum(['adamw_torch', 'adam', 'sgd', 'adafactor', 'lion']).default('adamw_torch'),
  /** The highest learning rate, reached at the end of the warmup. */
  learning_rate: z.number().min(0).default(5e-5),
  /** Each step takes learning_rate × this off the weights that are matrices (not biases, not norms). */
  weight_decay: z.number().min(0).default(0),
  /** Of a model's parameters, the first that matches: a head's own learning rate. */
  param_groups: z.array(paramGroupSchema).default([]),
  /** Of adamw_torch and adam: how much of the average gradient stays from step to step. */
  adam_beta1: rate.default(0.9),
  /** Of adamw_torch and adam: how much of the average squared gradient stays. */
  adam_beta2: rate.default(0.999),
  /** Of adamw_torch and adam: added to the root of the average square. */
  adam_epsilon: z.number().positive().default(1e-8),
  /** How much of the last step is in the next one; 0: none of it is kept. */
  sgd_momentum: rate.default(0),
  /** Nesterov's momentum, which looks one step ahead. */
  sgd_nesterov: z.boolean().default(false),
  /** Added to squared gradients; and the least scale of a parameter. */
  adafactor_eps: z.tuple([z.number().positive(), z.number().positive()]).default([1e-30, 1e-3]),
  /** Updates whose root mean square is larger are scaled down to it. */
  adafactor_clip_threshold: z.number().positive().default(1),
  /** The average of squared gradients forgets by 1 − step to this power. */
  adafactor_decay_rate: z.number().negative().default(-0.8),
  /** Of an average of updates, kept beside; `null`: none. */
  adafactor_beta1: rate.nullable().default(null),
  /** Multiply the learning rate by each parameter's root mean square. */
  adafactor_scale_parameter: z.boolean().default(false),
  /** Work out the learning rate from the number of the step, in place of learning_rate and its schedule. */
  adafactor_relative_step: z.boolean().default(false),
  /** With adafactor_relative_step: begin with a millionth per step. */
  adafactor_warmup_init: z.boolean().default(false),
  /** Of lion: of the average whose sign is the step. */
  lion_beta1: rate.default(0.9),
  /** Of lion: of the average that is kept. */
  lion_beta2: rate.default(0.99),
  /** Gradients whose norm over all weights is larger are scaled down to it. */
  max_grad_norm: z.number().positive().default(1),
};
