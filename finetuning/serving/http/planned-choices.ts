import { randomInt } from 'node:crypto';
import type { z } from 'zod';
import type { GenerationRequest, GenerationResult } from '../types.js';
import { BadRequest } from './failure.js';
import { MOST_INPUTS, type completionRequest } from './schemas.js';

/** One of the texts that a request for completions is answered with. */
export interface PlannedChoice {
  /** What it begins with. */
  readonly begin: string;
  readonly request: GenerationRequest;
  /** Of the texts that go on from one prompt, the first: its prompt is counted once. */
  readonly isFirst: boolean;
}

const SEEDS = 2 ** 32;

/**
 * The choices in OpenAI's order: `n` of the first prompt, then of the second. Each has a seed of its own, where anything is drawn.
 *
 * @throws BadRequest `too-many`
 */
export function plannedChoices(body: z.output<typeof completionRequest>): readonly PlannedChoice[] {
  const { n, max_tokens: maxNewTokens, temperature, top_k: topK, top_p: topP, echo } = body;
  const logProbabilities = body.logprobs ?? undefined;
  const prompts = typeof body.prompt === 'string' ? [body.prompt] : body.prompt;
  if (prompts.length * n > MOST_INPUTS)
    throw new BadRequest(
      400,
      'too-many',
      `${prompts.length} prompts with n = ${n} are ${prompts.length * n} texts: a request may ask for ${MOST_INPUTS}`,
      'n',
    );
  const first = body.seed ?? randomInt(SEEDS);
  const stop = typeof body.stop === 'string' ? [body.stop] : (body.stop ?? []);
  return prompts.flatMap((prompt, at) =>
    Array.from({ length: n }, (_, of): PlannedChoice => {
      const seed = (((first + at * n + of) % SEEDS) + SEEDS) % SEEDS;
      return {
        begin: echo ? prompt : '',
        request: {
          ...{ prompt, stop, maxNewTokens, temperature, topK, topP, seed },
          ...(logProbabilities !== undefined && { logProbabilities }),
        },
        isFirst: of === 0,
      };
    }),
  );
}

export interface Usage {
  readonly prompt: number;
  readonly generated: number;
}

/** @param results of all choices, in their order */
export function usageOf(choices: readonly PlannedChoice[], results: readonly GenerationResult[]): Usage {
  return results.reduce(
    (sum, { promptTokens, newTokens }, at) => ({
      prompt: sum.prompt + (choices[at]?.isFirst ? promptTokens : 0),
      generated: sum.generated + newTokens,
    }),
    { prompt: 0, generated: 0 },
  );
}
