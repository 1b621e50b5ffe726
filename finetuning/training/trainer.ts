import { setImmediate } from 'node:timers/promises';
import type { FinetuningConfig } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { DataOrder } from './data-order.js';
import { learningRateAt } from './schedules/learning-rate.js';
import { Speedometer } from './speedometer.js';
import type { OnTrainingEvent } from './training-events.js';
import type { Tensors } from './weight-files.js';
import type { TrainingSession } from './training-session.js';
import type { TrainingState } from './training-state.js';
import type { ValidationResult } from './validation.js';

export interface TrainerOptions {
  readonly config: FinetuningConfig;
  readonly session: TrainingSession;
  readonly order: DataOrder;
  /** Updates of the whole training. */
  readonly total: number;
  readonly state: TrainingState;
  /** The weights at the best validation so far. */
  readonly best: Tensors | undefined;
  /** Writes a checkpoint of the present moment: the weights now, and those at the best validation. */
  readonly save: (weights: Tensors, best: Tensors | undefined) => void;
  /** Where the rows stand in the user's file. */
  readonly describeRows: (rows: Int32Array) => string;
  readonly onEvent: OnTrainingEvent;
  readonly signal: AbortSignal | undefined;
}

export interface TrainerResult {
  readonly status: 'finished' | 'interrupted';
  readonly best: Tensors | undefined;
}

/**
 * The training loop. Everything it does follows from `state.step`; so it can be left between any two lines of it and
 * entered again from a checkpoint, and ends in the same bytes.
 *
 * @throws DiagnosticError `loss-diverged`, `disk-full`
 */
export async function train(options: TrainerOptions): Promise<TrainerResult> {
  const { config, session, order, total, state, save, onEvent, signal } = options;
  const speed = new Speedometer();
  let { best } = options;
  let savedAt = state.step;
  /** Of the last update, to name when it turns out to have gone wrong. */
  let last = { loss: 0, gradNorm: 0, learningRate: 0, rows: '' };
  const interrupted = (): boolean => signal?.aborted === true;

  for (;;) {
    if (validationDue(config, order, state, total) && !interrupted()) {
      const result = await session.validate(
        (done, of) => onEvent({ kind: 'evaluating', done, total: of }),
        signal,
      );
      if (result) {
        const isBest = recordValidation(config, order, state, result);
        if (isBest) best = session.readWeights();
        onEvent({ kind: 'evaluated', step: state.step, best: isBest, ...result });
      }
    }
    const finished = state.step >= total || stoppedEarly(config, state);
    if (savedAt !== state.step && (finished || interrupted() || state.step % config.save_steps === 0)) {
      const weights = session.readWeights();
      if (!allFinite(weights)) throw diverged(state.step, last);
      save(weights, best);
      savedAt = state.step;
    }
    if (interrupted()) return { status: 'interrupted', best };
    if (finished) return { status: 'finished', best };

    const learningRate = learningRateAt(config, state.step, total);
    const batches = order.batchesOf(state.step);
    const { loss, gradNorm } = await session.update(state.step, batches, learningRate);
    state.step++;
    last = { loss, gradNorm, learningRate, rows: batches.map(options.describeRows).join('; ') };
    if (!Number.isFinite(loss) || !Number.isFinite(gradNorm)) throw diverged(state.step, last);
    recordLoss(config, order, state, { loss, gradNorm, learningRate });
    const itemsPerSecond = speed.count(batches.reduce((rows, batch) => rows + batch.length, 0));
    onEvent({ kind: 'step', step: state.step, total, loss, learningRate, gradNorm, itemsPerSecond });
    // The step blocks the event loop; here signals get through.
    await setImmediate();
  }
}

function validationDue(
  config: FinetuningConfig,
  order: DataOrder,
  state: TrainingState,
  total: number,
): boolean {
  const { step, evaluatedAt } = state;
  if (step === 0 || evaluatedAt === step) return false;
  const byInterval = config.eval_steps !== null && step % config.eval_steps === 0;
  return byInterval || step % order.stepsPerEpoch === 0 || step >= total;
}

function stoppedEarly(
  { early_stopping_patience: patience }: FinetuningConfig,
  state: TrainingState,
): boolean {
  return patience !== null && state.withoutBetter >= patience;
}

/** @returns whether this is the best model so far */
function recordValidation(
  config: FinetuningConfig,
  order: DataOrder,
  state: TrainingState,
  { loss, accuracy, perplexity }: ValidationResult,
): boolean {
  const gain =
    state.best === null
      ? Infinity
      : config.metric_for_best_model === 'accuracy'
        ? accuracy - state.best.accuracy
        : state.best.loss - loss;
  state.evaluatedAt = state.step;
  state.withoutBetter = gain > config.early_stopping_threshold ? 0 : state.withoutBetter + 1;
  state.history.push({
    epoch: state.step / order.stepsPerEpoch,
    eval_accuracy: accuracy,
    eval_loss: loss,
    ...(perplexity === undefined ? {} : { eval_perplexity: perplexity }),
    step: state.step,
  });
  if (gain > 0) state.best = { step: state.step, accuracy, loss };
  return gain > 0;
}

function recordLoss(
  config: FinetuningConfig,
  order: DataOrder,
  state: TrainingState,
  now: { readonly loss: number; readonly gradNorm: number; readonly learningRate: number },
): void {
  state.lossSum += now.loss;
  state.lossCount++;
  if (state.step % config.logging_steps !== 0) return;
  state.history.push({
    epoch: state.step / order.stepsPerEpoch,
    grad_norm: now.gradNorm,
    learning_rate: now.learningRate,
    loss: state.lossSum / state.lossCount,
    step: state.step,
  });
  state.lossSum = 0;
  state.lossCount = 0;
}

/** An update with a finite loss may still leave weights that are not numbers: such a checkpoint must not replace a good one. */
function allFinite(tensors: Tensors): boolean {
  return Object.values(tensors).every(({ data }) => data.every(Number.isFinite));
}

function diverged(
  step: number,
  last: {
    readonly loss: number;
    readonly gradNorm: number;
    readonly learningRate: number;
    readonly rows: string;
  },
): DiagnosticError {
  const { loss, gradNorm, learningRate, rows } = last;
  return new DiagnosticError('loss-diverged', {
    message: `training diverged at step ${step}: the loss, its gradient or the weights are no longer finite numbers`,
    found: `loss ${loss}, gradient norm ${gradNorm} at learning rate ${learningRate}, on ${rows}`,
    fix: 'lower finetuning.learning_rate, or look at those rows; the last good checkpoint is kept',
  });
}
