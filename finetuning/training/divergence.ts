import { DiagnosticError } from '../../diagnostics/index.js';
import type { Tensors } from './weight-files.js';
import type { UpdateRecord } from './history.js';

/** An update with a finite loss may still leave weights that are not numbers: such a checkpoint must not replace a good one. */
export function allFinite(tensors: Tensors): boolean {
  return Object.values(tensors).every(({ data }) => data.every(Number.isFinite));
}

/** @param rows of the last update, where they stand in the user's file */
export function diverged(step: number, last: UpdateRecord, rows: string): DiagnosticError {
  const { loss, gradNorm, learningRate } = last;
  return new DiagnosticError('loss-diverged', {
    message: `training diverged at step ${step}: the loss, its gradient or the weights are no longer finite numbers`,
    found: `loss ${loss}, gradient norm ${gradNorm} at learning rate ${learningRate}, on ${rows}`,
    fix: 'lower finetuning.learning_rate, or look at those rows; the last good checkpoint is kept',
  });
}
