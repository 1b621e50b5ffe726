import { bootstrap, countKinds, figuresOf, interval, kindsOf, mcnemar } from '../../statistics/index.js';
import type { ClassRegression, Estimate, ModelComparison, PromotionSettings } from '../../workflows/index.js';
import type { Paired } from './pair.js';

type Settings = Pick<PromotionSettings, 'confidence' | 'replicates' | 'seed' | 'minSupport'>;

const MOST_REGRESSIONS = 20;
/** Below that, a figure on thousands of rows says nothing. */
const DECIMALS = 6;

/**
 * The candidate beside the model in production, on the same rows.
 *
 * A label's recall counts as fallen when its interval lies below 0, and McNemar's test on its rows says so too. With many labels
 * some would fall by chance: the test's level is divided by their number (Bonferroni), which a bootstrap of some thousand draws could
 * not do, for the quantiles needed would lie beyond its last draw.
 *
 * @param version of the model in production
 */
export async function compare(paired: Paired, version: number, settings: Settings): Promise<ModelComparison> {
  const { actual, names } = paired;
  const { confidence, replicates, minSupport } = settings;
  const kinds = kindsOf(paired);
  const counts = countKinds(kinds, actual.keys());
  const production = figuresOf(kinds, 'production', counts);
  const candidate = figuresOf(kinds, 'candidate', counts);
  const differences = await bootstrap(kinds, settings);
  const estimate = (before: number, after: number, drawn: Float64Array): Estimate => {
    const { low, high } = interval(drawn, confidence) ?? { low: Number.NaN, high: Number.NaN };
    return {
      production: round(before),
      candidate: round(after),
      difference: round(after - before),
      low: round(low),
      high: round(high),
    };
  };

  const byLabel = new Map<number, number[]>();
  for (const [row, label] of actual.entries()) {
    const rows = byLabel.get(label);
    if (rows) rows.push(row);
    else byLabel.set(label, [row]);
  }
  const judged = [...byLabel].filter(([, rows]) => rows.length >= minSupport);
  const level = (1 - confidence) / judged.length;
  const regressions = judged
    .map(([label, rows]): ClassRegression => ({
      label: names[label] as string,
      support: rows.length,
      ...estimate(
        production.recall[label] as number,
        candidate.recall[label] as number,
        differences.recall[label] as Float64Array,
      ),
      p: disagreements(paired, rows).p,
    }))
    .filter(({ high, p }) => high < 0 && p <= level)
    .sort((a, b) => a.difference - b.difference || (a.label < b.label ? -1 : 1));

  return {
    production: version,
    rows: actual.length,
    replicates,
    confidence,
    accuracy: estimate(production.accuracy, candidate.accuracy, differences.accuracy),
    macro_f1: estimate(production.macroF1, candidate.macroF1, differences.macroF1),
    mcnemar: disagreements(paired, actual.keys()),
    regressions: regressions.slice(0, MOST_REGRESSIONS),
  };
}

function disagreements(
  { actual, production, candidate }: Paired,
  rows: Iterable<number>,
): ModelComparison['mcnemar'] {
  let productionOnly = 0;
  let candidateOnly = 0;
  for (const row of rows) {
    const label = actual[row];
    const [before, after] = [production[row] === label, candidate[row] === label];
    if (before && !after) productionOnly++;
    if (after && !before) candidateOnly++;
  }
  return mcnemar(productionOnly, candidateOnly);
}

function round(value: number): number {
  return Number(value.toFixed(DECIMALS));
}
