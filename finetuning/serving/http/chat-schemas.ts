import { z } from 'zod';
import { drawing, finishReason, neutral, orDefault, usage, withDrawingChecks } from './schemas.js';

/** Likeliest tokens that are told at each place: OpenAI's limit. */
const MOST_LOGPROBS = 20;

/** A text, or OpenAI's list of parts, of which there are only texts here. */
const content = z
  .union([z.string(), z.array(z.strictObject({ type: z.literal('text'), text: z.string() })).min(1)], {
    error: 'expected a text, or a list of {"type": "text", "text"}: other parts are not read',
  })
  .transform((given) => (typeof given === 'string' ? given : given.map(({ text }) => text).join('')));

/** What an answer of OpenAI's client has beside it, when it is sent back as part of the conversation. */
const absent = (what: string) =>
  z
    .unknown()
    .refine(
      (value) => value === undefined || value === null || (Array.isArray(value) && value.length === 0),
      {
        message: `${what} are not supported by this server: leave it out`,
      },
    )
    .optional()
    .meta({ description: 'not supported: left out, null, or an empty list' });

const message = z
  .strictObject({
    role: z.enum(['system', 'developer', 'user', 'assistant']).meta({
      description: '`developer` is read as `system`',
    }),
    content,
    name: z.string().nullish().meta({ description: 'not looked at' }),
    refusal: absent('refusals'),
    tool_calls: absent('tools'),
    function_call: absent('functions'),
    annotations: absent('annotations'),
    audio: absent('sounds'),
  })
  .transform(({ role, content }) => ({ role: role === 'developer' ? ('system' as const) : role, content }));

/** Body of POST /v1/chat/completions: OpenAI's, as far as it goes. */
export const chatRequest = withDrawingChecks(
  z.strictObject({
    ...drawing,
    messages: z
      .array(message)
      .min(1)
      .meta({ description: "laid out as the tokenizer's chat template says, without one as ChatML" }),
    max_tokens: z
      .int()
      .min(1)
      .nullish()
      .meta({ description: "OpenAI's older name of `max_completion_tokens`" }),
    max_completion_tokens: z
      .int()
      .min(1)
      .nullish()
      .meta({ description: 'default: until the turn is over, or the context is full' }),
    logprobs: orDefault(z.boolean(), false).meta({ description: 'tell how likely each token was' }),
    top_logprobs: z
      .int()
      .min(0)
      .max(MOST_LOGPROBS)
      .nullish()
      .meta({ description: 'with `logprobs`: so many of the likeliest at each place' }),
    response_format: neutral(
      z.looseObject({ type: z.string() }),
      ({ type }) => type === 'text',
      '{"type": "text"}',
    ),
    tools: neutral(z.array(z.unknown()), (value) => value.length === 0, '[]'),
    tool_choice: neutral(z.unknown(), (value) => value === 'none' || value === 'auto', '"none"'),
    metadata: z.unknown().optional().meta({ description: 'not looked at' }),
    store: z.boolean().nullish().meta({ description: 'not looked at' }),
  }),
)
  .refine(({ logprobs, top_logprobs }) => logprobs || (top_logprobs ?? undefined) === undefined, {
    path: ['top_logprobs'],
    message: 'is of use with `logprobs: true` only',
  })
  .refine(
    ({ max_tokens: older, max_completion_tokens: newer }) => (older ?? newer ?? 0) === (newer ?? older ?? 0),
    {
      path: ['max_tokens'],
      message: 'is another number than `max_completion_tokens`: leave one of them out',
    },
  );

const token = {
  token: z.string().meta({ description: 'one that is no whole characters: `bytes:\\xf0\\x9f`' }),
  logprob: z.number(),
  bytes: z.array(z.int()),
};

const logprobs = z
  .object({
    content: z.array(z.object({ ...token, top_logprobs: z.array(z.object(token)) })),
    refusal: z.null(),
  })
  .nullable();

const head = {
  id: z.string(),
  created: z.int(),
  model: z.string(),
  system_fingerprint: z.string().meta({ description: "the model's version" }),
};

/** Its answer. */
export const chatResponse = z.object({
  ...head,
  object: z.literal('chat.completion'),
  choices: z.array(
    z.object({
      index: z.int(),
      message: z.object({ role: z.literal('assistant'), content: z.string(), refusal: z.null() }),
      logprobs,
      finish_reason: finishReason,
    }),
  ),
  usage,
});

/** An event of its answer, streamed. */
export const chatChunk = z.object({
  ...head,
  object: z.literal('chat.completion.chunk'),
  choices: z.array(
    z.object({
      index: z.int(),
      delta: z.object({ role: z.literal('assistant').optional(), content: z.string().optional() }),
      logprobs,
      finish_reason: finishReason.nullable(),
    }),
  ),
  usage: usage.optional(),
});

export type ChatResponse = z.output<typeof chatResponse>;
export type ChatChunk = z.output<typeof chatChunk>;
export type ChatLogprobs = NonNullable<z.output<typeof logprobs>>;
