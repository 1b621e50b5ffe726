/** How the next token is chosen. As transformers' `generate` understands them, and in its order. */
export interface SamplingSettings {
  /** 0: always the likeliest. Others divide the logits. */
  readonly temperature: number;
  /** Only the k likeliest; 0: all. */
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

export interface Candidate {
  readonly token: number;
  readonly probability: number;
}

/** What may be chosen, from the likeliest on, and how likely each is among these. */
export function candidates(logits: Float32Array, { temperature, topK, topP }: SamplingSettings): Candidate[] {
  const top = logits[likeliest(logits)] as number;
  const kept = topK > 0 && topK < logits.length ? largest(logits, topK) : [...logits.keys()];
  const weighed = kept.map((token) => ({
    token,
    probability: Math.exp(((logits[token] as number) - top) / temperature),
  }));
  const total = sum(weighed);
  // Tokens below this have less than 1 − topP together: none of them is needed, and few are left to sort.
  const floor = (total * (1 - topP)) / weighed.length;
  const likely = weighed.filter(({ probability }) => probability >= floor);
  likely.sort((a, b) => b.probability - a.probability || a.token - b.token);
  let count = likely.length;
  if (topP < 1) {
    let reached = 0;
    count = 0;
    while (count < likely.length && reached < topP * total)
      reached += (likely[count++] as Candidate).probability;
  }
  const chosen = likely.slice(0, Math.max(1, count));
  const share = sum(chosen);
  return chosen.map(({ token, probability }) => ({ token, probability: probability / share }));
}

/**
 * @param uniform in [0, 1)
 * @returns the token at which the probabilities, added up from the likeliest on, pass `uniform`
 */
export function chooseToken(logits: Float32Array, settings: SamplingSettings, uniform: number): number {
  if (settings.temperature === 0) return likeliest(logits);
  const among = candidates(logits, settings);
  let reached = 0;
  for (const { token, probability } of among) {
    reached += probability;
    if (uniform < reached) return token;
  }
  return (among.at(-1) as Candidate).token;
}

/** The k tokens with the largest logits, and all that are as large as the last of them. */
function largest(logits: Float32Array, k: number): number[] {
  const least = logits.slice().sort().at(-k) as number;
  return [...logits.keys()].filter((token) => (logits[token] as number) >= least);
}

function sum(weighed: readonly Candidate[]): number {
  return weighed.reduce((total, { probability }) => total + probability, 0);
}
