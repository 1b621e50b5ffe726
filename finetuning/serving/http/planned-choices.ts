import { randomInt } from 'node:crypto';
import type { z } from 'zod';
import type { GenerationRequest, GenerationResult } from '../types.js';
import { BadRequest } from './failure.js';
import type { chatRequest } from './chat-schemas.js';
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

/** What both of OpenAI's bodies say of how texts are drawn. */
type Drawing = Pick<
  z.output<typeof completionRequest>,
  'n' | 'seed' | 'stop' | 'temperature' | 'top_k' | 'top_p'
>;

/** What is gone on from, and for how long. */
type Planned = Pick<GenerationRequest, 'prompt' | 'maxNewTokens' | 'logProbabilities'>;

/**
 * The texts of POST /v1/completions in OpenAI's order: `n` of the first prompt, then of the second.
 *
 * @throws BadRequest `too-many`
 */
export function plannedTexts(body: z.output<typeof completionRequest>): readonly PlannedChoice[] {
  const prompts = typeof body.prompt === 'string' ? [body.prompt] : body.prompt;
  const { max_tokens: maxNewTokens, logprobs, echo } = body;
  const planned = prompts.map((prompt): Planned => ({
    prompt,
    maxNewTokens,
    ...scored(logprobs ?? undefined),
  }));
  return choices(body, planned, (at) => (echo ? (prompts[at] as string) : ''));
}

/** The answers of POST /v1/chat/completions: `n` to one conversation. @throws BadRequest `too-many` */
export function plannedTurns(body: z.output<typeof chatRequest>): readonly PlannedChoice[] {
  const { messages, max_tokens: older, max_completion_tokens: newer, logprobs, top_logprobs } = body;
  // A turn has an end of its own; what does not end is ended by the context.
  const maxNewTokens = newer ?? older ?? Number.POSITIVE_INFINITY;
  const told = logprobs ? (top_logprobs ?? 0) : undefined;
  return choices(body, [{ prompt: messages, maxNewTokens, ...scored(told) }], () => '');
}

function scored(logProbabilities: number | undefined): Pick<Planned, 'logProbabilities'> {
  return logProbabilities === undefined ? {} : { logProbabilities };
}

/** Each has a seed of its own, where anything is drawn. */
function choices(
  { n, seed: given, stop: ends, temperature, top_k: topK, top_p: topP }: Drawing,
  planned: readonly Planned[],
  begin: (at: number) => string,
): readonly PlannedChoice[] {
  if (planned.length * n > MOST_INPUTS)
    throw new BadRequest(
      400,
      'too-many',
      `${planned.length} prompts with n = ${n} are ${planned.length * n} texts: a request may ask for ${MOST_INPUTS}`,
      'n',
    );
  const first = given ?? randomInt(SEEDS);
  const stop = typeof ends === 'string' ? [ends] : (ends ?? []);
  return planned.flatMap((one, at) =>
    Array.from({ length: n }, (_, of): PlannedChoice => {
      const seed = (((first + at * n + of) % SEEDS) + SEEDS) % SEEDS;
      return {
        begin: begin(at),
        request: { ...one, stop, temperature, topK, topP, seed },
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
