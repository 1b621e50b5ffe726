/** A token and the natural logarithm of its probability, before temperature and all else that sampling does. */
export interface TokenLogProbability {
  readonly token: number;
  readonly logProbability: number;
}

export interface ScoredChoice {
  readonly chosen: TokenLogProbability;
  /** Likeliest first; of equally likely ones the first. */
  readonly best: readonly TokenLogProbability[];
}

/**
 * The log-softmax of a token and of the likeliest.
 *
 * @param logits [vocabulary]
 * @param count how many of the likeliest
 */
export function tokenLogProbabilities(logits: Float32Array, token: number, count: number): ScoredChoice {
  const at = (id: number): number => logits[id] as number;
  const best: number[] = [];
  let top = -Infinity;
  for (let id = 0; id < logits.length; id++) {
    top = Math.max(top, at(id));
    if (best.length === count && (count === 0 || at(id) <= at(best.at(-1) as number))) continue;
    let place = best.length;
    while (place > 0 && at(best[place - 1] as number) < at(id)) place--;
    best.splice(place, 0, id);
    best.length = Math.min(best.length, count);
  }
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += Math.exp(at(id) - top);
  const whole = top + Math.log(sum);
  const scored = (id: number): TokenLogProbability => ({ token: id, logProbability: at(id) - whole });
  return { chosen: scored(token), best: best.map(scored) };
}
