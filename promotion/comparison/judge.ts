import type { Judgement, ModelComparison, PromotionSettings, Verdict } from '../../workflows/index.js';

type Gates = Pick<
  PromotionSettings,
  'metric' | 'minGain' | 'maxClassRegression' | 'approval' | 'onWorse' | 'onEven'
>;

/** Nothing is in production yet: there is nothing to be worse than. */
export function judgeFirst({ approval }: Gates): Judgement {
  return {
    verdict: 'first',
    decision: approval === 'always' ? 'hold' : 'promote',
    reasons: ['no model is in production yet'],
  };
}

/** The figures cannot be had: only a person can decide. */
export function judgeIncomparable(reason: string, { approval }: Gates): Judgement {
  return {
    verdict: 'incomparable',
    decision: approval === 'never' ? 'reject' : 'hold',
    reasons: [`${reason}, and the model in production has no answers on these rows`],
  };
}

/** What the figures say, and what the project's gates make of it. */
export function judge(comparison: ModelComparison, gates: Gates): Judgement {
  const { verdict, reasons } = verdictOf(comparison, gates);
  return { verdict, decision: decisionOf(verdict, gates), reasons, comparison };
}

function verdictOf(
  comparison: ModelComparison,
  { metric, minGain, maxClassRegression }: Gates,
): { verdict: Verdict; reasons: string[] } {
  const { difference, low, high } = comparison[metric];
  const fallen = comparison.regressions.filter((label) => -label.difference > maxClassRegression);
  const figure =
    `${metric} ${signed(difference)} ` +
    `(${percent(comparison.confidence)} interval ${signed(low)} to ${signed(high)})`;
  const reasons = fallen.map(
    ({ label, production, candidate, support }) =>
      `recall of ${label} fell from ${production.toFixed(4)} to ${candidate.toFixed(4)} on ${support} rows`,
  );
  if (high < 0) return { verdict: 'worse', reasons: [`${figure}: worse than production`, ...reasons] };
  if (fallen.length > 0) return { verdict: 'worse', reasons: [...reasons, figure] };
  if (low <= 0) return { verdict: 'even', reasons: [`${figure}: the difference may be chance`] };
  if (difference < minGain)
    return { verdict: 'even', reasons: [`${figure}: better, by less than the ${minGain} that is asked for`] };
  return { verdict: 'better', reasons: [`${figure}: better than production`] };
}

function decisionOf(verdict: Verdict, { approval, onWorse, onEven }: Gates): Judgement['decision'] {
  const wanted = verdict === 'better' ? 'promote' : verdict === 'worse' ? onWorse : onEven;
  if (approval === 'always') return wanted === 'reject' ? 'reject' : 'hold';
  if (approval === 'never' && wanted === 'hold') return 'reject';
  return wanted;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
