import type { ScoredToken } from '../types.js';
import type { CompletionResponse } from './schemas.js';

const DECIMALS = 6;

export const round = (value: number): number => Number(value.toFixed(DECIMALS));

/** Tokens as OpenAI's completions tell them. The chosen one is among the likeliest, even where it is not. */
export function logprobsOf(
  tokens: readonly ScoredToken[],
): CompletionResponse['choices'][number]['logprobs'] {
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logProbability }) => round(logProbability)),
    top_logprobs: tokens.map((chosen) =>
      Object.fromEntries([...chosen.best, chosen].map((one) => [one.token, round(one.logProbability)])),
    ),
    text_offset: tokens.map(({ offset }) => offset),
  };
}
