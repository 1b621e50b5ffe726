import type { ComparedPair, Difference, IntervalSettings, ModelName } from '../compared/compared.js';
import { count, escape, figure } from './html.js';
import type { Section } from './page.js';
import { table } from './table.js';

const NAMES: Readonly<Record<ModelName, string>> = {
  finetuned: 'Finetuned',
  base: 'Base',
  production: 'In production',
};

/** Figures of which less is better. */
const COSTS = new Set(['loss', 'perplexity', 'bits_per_byte', 'mse', 'rmse', 'mae', 'hamming_loss']);

/** As readers know them; others have their underscores taken out. */
const TITLES: Readonly<Record<string, string>> = {
  macro_f1: 'Macro F1',
  micro_f1: 'Micro F1',
  samples_f1: 'F1 by row',
  token_accuracy: 'Tokens right',
  rouge_1: 'ROUGE-1',
  rouge_2: 'ROUGE-2',
  rouge_l: 'ROUGE-L',
  bleu: 'BLEU',
  chrf: 'chrF',
  mse: 'MSE',
  rmse: 'RMSE',
  mae: 'MAE',
  r2: 'R²',
};

/**
 * Whether the models differ by more than chance.
 *
 * @param notCompared why the model in production is not among them, where there is one
 */
export function comparedSection(
  pairs: readonly ComparedPair[],
  { confidence, replicates }: IntervalSettings,
  notCompared?: string,
): Section {
  const share = `${Number((confidence * 100).toFixed(2))} %`;
  const tables = pairs.map((pair) => pairTable(pair, share));
  return {
    id: 'compared',
    title: 'Better, or by chance',
    content:
      `<p class="note">Both models on the same rows, which were drawn with replacement ${count(replicates)} times: the interval holds ${share} of the differences. Where it holds 0, the difference may be chance.</p>\n` +
      tables.join('\n') +
      (notCompared === undefined ? '' : `\n<p class="note">${escape(notCompared)}</p>`),
  };
}

function pairTable({ before, after, figures, mcnemar }: ComparedPair, share: string): string {
  const [first, second] = [NAMES[before], NAMES[after]];
  const body = Object.entries(figures).map(([name, apart]) => {
    const values = [apart.after, apart.before, apart.difference].map(
      (value) => `<td class="n">${figure(value)}</td>`,
    );
    return (
      `<tr><th scope="row">${escape(titleOf(name))}</th>${values.join('')}` +
      `<td class="n">${figure(apart.low)} to ${figure(apart.high)}</td><td>${said(name, apart)}</td></tr>`
    );
  });
  const disagreements = mcnemar
    ? `\n<p class="note">Only ${second.toLowerCase()} right: ${count(mcnemar.candidateOnly)} rows; only ${first.toLowerCase()}: ${count(mcnemar.productionOnly)}. McNemar’s exact test: p = ${mcnemar.p.toPrecision(3)}.</p>`
    : '';
  return (
    table({
      caption: `${second}, beside ${first.toLowerCase()}`,
      head: ['Figure', second, first, 'Difference', `${share} interval`, second],
      numeric: [1, 2, 3, 4],
      body,
    }) + disagreements
  );
}

function titleOf(name: string): string {
  const plain = name.replaceAll('_', ' ');
  return TITLES[name] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

function said(name: string, { low, high }: Difference): string {
  if (low === null || high === null) return 'cannot be said';
  if (low <= 0 && high >= 0) return 'may be chance';
  return low > 0 === COSTS.has(name) ? 'worse' : 'better';
}
