import type { z } from 'zod';
import type { AnswerHead, Choice, Dialect } from './generation-route.js';
import { logprobsOf } from './logprobs.js';
import { plannedTexts, type Usage } from './planned-choices.js';
import { completionRequest, usageAnswer, type CompletionResponse } from './schemas.js';

/** POST /v1/completions */
export const textDialect: Dialect<z.output<typeof completionRequest>> = {
  path: '/v1/completions',
  idPrefix: 'cmpl-',
  request: completionRequest,
  plan: plannedTexts,
  whole: completion,
  part: completion,
};

function completion(
  { id, created, model }: AnswerHead,
  choices: readonly Choice[],
  usage?: Usage,
): CompletionResponse {
  return {
    ...{ id, object: 'text_completion', created, model: model.name, system_fingerprint: model.version },
    choices: choices.map(({ index, text, finish, tokens }) => ({
      index,
      text,
      logprobs: tokens ? logprobsOf(tokens) : null,
      finish_reason: finish,
    })),
    ...(usage && { usage: usageAnswer(usage) }),
  };
}
