import type { ComparedPair } from '../../finetuning/index.js';

/** How far two models are apart, for people: `finetuned over base: accuracy +0.2100 (0.1900 to 0.2300)`. */
export function pairLine({ before, after, figures }: ComparedPair, name: string): string {
  const { difference = null, low = null, high = null } = figures[name] ?? {};
  const text = (value: number | null): string => value?.toFixed(4) ?? '–';
  const sign = difference !== null && difference >= 0 ? '+' : '';
  const shown = name.replaceAll('_', ' ');
  return `${after} over ${before}: ${shown} ${sign}${text(difference)} (${text(low)} to ${text(high)})`;
}
