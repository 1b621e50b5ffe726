import type { ModelsCompared } from '../../promotion/index.js';
import type { Estimate } from '../../workflows/index.js';

/** Two models on the same rows, for people. */
export function comparedLines(compared: ModelsCompared): string[] {
  const [before, after] = compared.models;
  const title = `${before} → ${after}`;
  if ('reason' in compared) return [`${title}: ${compared.reason}`];
  const { verdict, comparison } = compared.judgement;
  if (!comparison) return [`${title}: ${verdict}`];
  const { rows, accuracy, macro_f1: macroF1, mcnemar, regressions } = comparison;
  return [
    `${title}, on ${rows} test rows: ${verdict}`,
    `  accuracy ${figure(accuracy)}`,
    `  macro F1 ${figure(macroF1)}`,
    `  only ${before} right: ${mcnemar.productionOnly}, only ${after}: ${mcnemar.candidateOnly} (McNemar p = ${mcnemar.p.toPrecision(3)})`,
    ...regressions.map(
      ({ label, support, ...recall }) => `  recall of ${label} fell, on ${support} rows: ${figure(recall)}`,
    ),
  ];
}

function figure({ production, candidate, low, high }: Estimate): string {
  return `${production.toFixed(4)} → ${candidate.toFixed(4)} (difference ${low.toFixed(4)} to ${high.toFixed(4)})`;
}
