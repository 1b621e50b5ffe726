import type { FinetuningConfig } from '../../configs/index.js';
import type { DataOrder } from './data-order.js';
import type { TrainingState } from './training-state.js';

/** Is it time to look at the validation set, which has not been looked at after this step? */
export function validationDue(
  config: FinetuningConfig,
  order: DataOrder,
  { step, evaluatedAt }: TrainingState,
  total: number,
): boolean {
  if (config.eval_strategy === 'no' || step === 0 || evaluatedAt === step) return false;
  const byInterval = config.eval_steps !== null && step % config.eval_steps === 0;
  const byEpoch = config.eval_strategy === 'epoch' && step % order.stepsPerEpoch === 0;
  return byInterval || byEpoch || step >= total;
}

/** Is the end of an epoch reached, of which nobody has been told? @returns its number, from 1 */
export function epochEnded(order: DataOrder, { step, epochsEnded }: TrainingState): number | undefined {
  const epoch = step / order.stepsPerEpoch;
  return Number.isInteger(epoch) && epoch > epochsEnded ? epoch : undefined;
}

export function checkpointDue(config: FinetuningConfig, order: DataOrder, { step }: TrainingState): boolean {
  return step % (config.save_strategy === 'epoch' ? order.stepsPerEpoch : config.save_steps) === 0;
}
