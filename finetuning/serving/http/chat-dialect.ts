import type { z } from 'zod';
import type { ScoredToken } from '../types.js';
import { chatRequest, type ChatChunk, type ChatLogprobs, type ChatResponse } from './chat-schemas.js';
import type { AnswerHead, Choice, Dialect } from './generation-route.js';
import { round } from './logprobs.js';
import { plannedTurns, type Usage } from './planned-choices.js';
import { usageAnswer } from './schemas.js';

/** POST /v1/chat/completions */
export const chatDialect: Dialect<z.output<typeof chatRequest>> = {
  path: '/v1/chat/completions',
  idPrefix: 'chatcmpl-',
  request: chatRequest,
  plan: plannedTurns,
  whole: answered,
  part: chunk,
};

function answered(head: AnswerHead, choices: readonly Choice[], usage: Usage): ChatResponse {
  return {
    ...common(head),
    object: 'chat.completion',
    choices: choices.map(({ index, text, finish, tokens }) => ({
      index,
      message: { role: 'assistant', content: text, refusal: null },
      logprobs: tokens ? logprobsOf(tokens) : null,
      finish_reason: finish ?? 'stop',
    })),
    usage: usageAnswer(usage),
  };
}

function chunk(head: AnswerHead, choices: readonly Choice[], usage?: Usage): ChatChunk {
  return {
    ...common(head),
    object: 'chat.completion.chunk',
    choices: choices.map(({ index, text, finish, tokens, isFirst }) => ({
      index,
      // The last part says only why it is the last.
      delta: {
        ...(isFirst && { role: 'assistant' as const }),
        ...((isFirst || finish === null) && { content: text }),
      },
      logprobs: tokens ? logprobsOf(tokens) : null,
      finish_reason: finish,
    })),
    ...(usage && { usage: usageAnswer(usage) }),
  };
}

function common({ id, created, model }: AnswerHead) {
  return { id, created, model: model.name, system_fingerprint: model.version };
}

function logprobsOf(tokens: readonly ScoredToken[]): ChatLogprobs {
  const told = ({ token, logProbability }: Pick<ScoredToken, 'token' | 'logProbability'>) => ({
    token,
    logprob: round(logProbability),
    bytes: bytesOf(token),
  });
  return {
    content: tokens.map((chosen) => ({ ...told(chosen), top_logprobs: chosen.best.map(told) })),
    refusal: null,
  };
}

/** One that is no whole characters is told by its bytes: see `TextTokenizer.tokenText`. */
function bytesOf(token: string): number[] {
  if (!/^bytes:(\\x[0-9a-f]{2})+$/.test(token)) return [...Buffer.from(token)];
  return [...token.matchAll(/\\x(..)/g)].map(([, byte]) => Number.parseInt(byte as string, 16));
}
