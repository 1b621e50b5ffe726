import type { FinetuningConfig } from '../../configs/index.js';
import type { DataOrder } from './data-order.js';
import type { TrainingState } from './training-state.js';
import type { ValidationResult } from './validation.js';

/**
 * What is no finite number JSON could not say, and a checkpoint that has none in its place would not be read again: it is left out. A model
 * whose loss is so is never the best.
 *
 * @returns whether this is the best model so far
 */
export function recordValidation(
  config: FinetuningConfig,
  order: DataOrder,
  state: TrainingState,
  { loss, accuracy, perplexity }: ValidationResult,
): boolean {
  const { step, best } = state;
  const isBest =
    Number.isFinite(loss) &&
    (best === null ||
      (config.metric_for_best_model === 'accuracy' && accuracy !== undefined && best.accuracy !== undefined
        ? accuracy > best.accuracy
        : loss < best.loss));
  state.evaluatedAt = step;
  const figures = { eval_accuracy: accuracy, eval_loss: loss, eval_perplexity: perplexity };
  const finite = Object.entries(figures).filter(([, value]) => Number.isFinite(value));
  state.history.push({
    epoch: step / order.stepsPerEpoch,
    ...(Object.fromEntries(finite) as Record<string, number>),
    step,
  });
  if (isBest) state.best = { step, ...(accuracy === undefined ? {} : { accuracy }), loss };
  return isBest;
}

export interface UpdateRecord {
  readonly loss: number;
  readonly gradNorm: number;
  readonly learningRate: number;
}

/** The history gets the mean loss of each `logging_steps` updates. */
export function recordLoss(
  config: FinetuningConfig,
  order: DataOrder,
  state: TrainingState,
  { loss, gradNorm, learningRate }: UpdateRecord,
): void {
  state.lossSum += loss;
  state.lossCount++;
  if (state.step % config.logging_steps !== 0) return;
  state.history.push({
    epoch: state.step / order.stepsPerEpoch,
    grad_norm: gradNorm,
    learning_rate: learningRate,
    loss: state.lossSum / state.lossCount,
    step: state.step,
  });
  state.lossSum = 0;
  state.lossCount = 0;
}
