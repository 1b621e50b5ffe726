/** McNemar's test on the rows that exactly one of two models has right. */
export interface McNemar {
  readonly productionOnly: number;
  readonly candidateOnly: number;
  /** Two-sided and exact: how likely a split this uneven is when both models are equally good. */
  readonly p: number;
}

export function mcnemar(productionOnly: number, candidateOnly: number): McNemar {
  const smaller = Math.min(productionOnly, candidateOnly);
  return { productionOnly, candidateOnly, p: Math.min(1, 2 * tail(smaller, productionOnly + candidateOnly)) };
}

/** P(X ≤ k) for X ~ Binomial(n, ½), k ≤ n / 2. Terms are kept relative to the last and largest: 2⁻ⁿ is 0 for n > 1074. */
function tail(k: number, n: number): number {
  let logTerm = -n * Math.LN2;
  let sum = 1;
  for (let i = 1; i <= k; i++) {
    const ratio = (n - i + 1) / i;
    logTerm += Math.log(ratio);
    sum = sum / ratio + 1;
  }
  return Math.exp(logTerm) * sum;
}
