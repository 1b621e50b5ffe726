import { nthLargest } from './nth-largest.js';

/** How the next token is chosen. As transformers' `generate` understands them, and in its order. */
export interface SamplingSettings {
  /** 0: always the likeliest. Others divide the logits. */
  readonly temperature: number;
  /** Only the k likeliest, and all that are as likely as the last of them; 0: all. */
  readonly topK: number;
  /** Only the likeliest that have this much of the probability together; 1: all. */
  readonly topP: number;
}

/** The first of the largest logits. */
export function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let at = 1; at < logits.length; at++) if ((logits[at] as number) > (logits[best] as number)) best = at;
  return best;
}

/** How likely each token is beside the others [vocabulary]: 0 where it may not be chosen. They do not add up to 1. */
export function tokenWeights(
  logits: Float32Array,
  { temperature, topK, topP }: SamplingSettings,
): Float64Array {
  const top = logits[likeliest(logits)] as number;
  const least = topK > 0 && topK < logits.length ? nthLargest(logits, topK) : -Infinity;
  const weights = new Float64Array(logits.length);
  // A loop, here and below: this is done for each token of each text, over some 50,000 numbers.
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token] as number;
    if (logit >= least) weights[token] = Math.exp((logit - top) / temperature);
  }
  if (topP < 1) keepNucleus(weights, topP);
  return weights;
}

/**
 * @param uniform in [0, 1)
 * @returns the token at which the probabilities, added up from the first token on, pass `uniform`
 */
export function chooseToken(logits: Float32Array, settings: SamplingSettings, uniform: number): number {
  if (settings.temperature === 0) return likeliest(logits);
  const weights = tokenWeights(logits, settings);
  const wanted = uniform * sum(weights);
  let [reached, last] = [0, 0];
  for (let token = 0; token < weights.length; token++) {
    const weight = weights[token] as number;
    if (weight === 0) continue;
    reached += weight;
    last = token;
    if (wanted < reached) break;
  }
  return last;
}

/** Leaves the likeliest that have the share `topP` together, at least one; of equally likely ones the first. */
function keepNucleus(weights: Float64Array, topP: number): void {
  const total = sum(weights);
  // Tokens below this have less than 1 − topP together: none of them is needed, and few are left to sort.
  const floor = (total * (1 - topP)) / weights.length;
  const sorted = weights.filter((weight) => weight > 0 && weight >= floor).sort();
  let [reached, at] = [0, sorted.length];
  do reached += sorted[--at] as number;
  while (at > 0 && reached < topP * total);
  const least = sorted[at] as number;
  // Of those that weigh as much as the last one not all may be needed.
  let equals = sorted.subarray(at).lastIndexOf(least) + 1;
  for (let token = 0; token < weights.length; token++) {
    const weight = weights[token] as number;
    if (weight < least || (weight === least && equals-- <= 0)) weights[token] = 0;
  }
}

function sum(weights: Float64Array): number {
  let total = 0;
  for (let at = 0; at < weights.length; at++) total += weights[at] as number;
  return total;
}
