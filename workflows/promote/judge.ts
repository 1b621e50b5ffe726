import { ApplicationFailure } from '@temporalio/workflow';
import type { JudgeResult, RetrainPlan } from '../retrain/types.js';
import { predictOn, short } from './activities.js';

/**
 * Puts the candidate aside and judges it. When the test rows have changed, the model in production answers today's first, so
 * that both are judged on the same.
 */
export async function judgeCandidate(
  { workspace, settings, predictQueue }: Pick<RetrainPlan, 'workspace' | 'settings' | 'predictQueue'>,
  again: boolean,
): Promise<Exclude<JudgeResult, { kind: 'predict' }>> {
  const first = await short.judgeCandidate({ workspace, settings, again });
  if (first.kind !== 'predict') return first;
  const answers = await predictOn(predictQueue)({ workspace, settings, production: first.production });
  const second = await short.judgeCandidate({ workspace, settings, again, answers });
  if (second.kind !== 'predict') return second;
  throw ApplicationFailure.nonRetryable(
    `the predict command did not answer today's test rows: ${second.reason}`,
    'bad-predictions',
  );
}
