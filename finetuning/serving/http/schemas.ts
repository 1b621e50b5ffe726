import { z } from 'zod';

/** Inputs that one request may have. */
export const MOST_INPUTS = 256;
/** Likeliest tokens that are told at each place: OpenAI's limit. */
const MOST_LOGPROBS = 5;

const base64 = z.base64().min(1).meta({ description: 'a PNG, JPEG or WebP file' });
const model = z
  .string()
  .min(1)
  .optional()
  .meta({ description: 'its name; default: the first that is served' });

const text = z.union([z.string(), z.strictObject({ text: z.string(), text_pair: z.string() })]);

/** Body of POST /v1/classify. */
export const classifyRequest = z
  .strictObject({
    model,
    inputs: z
      .union([text, z.array(text).min(1).max(MOST_INPUTS)])
      .optional()
      .meta({ description: 'texts, or pairs of texts' }),
    images: z
      .union([base64, z.array(base64).min(1).max(MOST_INPUTS)])
      .optional()
      .meta({ description: 'pictures, in base64' }),
    top_k: z
      .int()
      .min(1)
      .optional()
      .meta({ description: 'labels to answer with, likeliest first; default: all' }),
  })
  .refine(({ inputs, images }) => (inputs === undefined) !== (images === undefined), {
    message: 'give either `inputs` or `images`',
  });

const scores = z
  .array(z.object({ label: z.string(), score: z.number() }))
  .meta({ description: 'likeliest first' });

/** Its answer: a prediction for each input, in its order. */
export const classifyResponse = z.object({
  model: z.string(),
  version: z.string(),
  predictions: z.array(
    z.union([
      z
        .object({ label: z.string(), score: z.number(), scores })
        .meta({ description: 'one label of several; scores are softmax probabilities' }),
      z
        .object({ labels: z.array(z.string()), scores })
        .meta({ description: 'any number of labels: those whose score, a sigmoid, is over a half' }),
      z.object({ value: z.number() }).meta({ description: 'a number, of a regression' }),
      z
        .object({ values: z.record(z.string(), z.number()) })
        .meta({ description: 'of a regression with several outputs, the number of each' }),
    ]),
  ),
});

const stop = z.string().min(1);

/** OpenAI's clients may say `null` for what they leave out. */
export const orDefault = <T extends number | boolean>(schema: z.ZodType<T>, value: T) =>
  schema
    .nullable()
    .default(value)
    .transform((given) => given ?? value);

/** What OpenAI has, and is not here: taken where it changes nothing. */
export const neutral = <T>(schema: z.ZodType<T>, isNeutral: (value: T) => boolean, as: string) =>
  schema
    .nullish()
    .refine((value) => value === undefined || value === null || isNeutral(value), {
      message: `is not supported by this server: leave it out, or give ${as}`,
    })
    .meta({ description: `not supported: ${as}, or left out` });

/** What both of OpenAI's bodies have: how texts are drawn, and told. */
export const drawing = {
  model,
  temperature: orDefault(z.number().min(0).max(100), 1).meta({
    description: '0 takes the likeliest token',
  }),
  top_p: orDefault(z.number().gt(0).max(1), 1),
  top_k: orDefault(z.int().min(0), 0).meta({ description: 'not of OpenAI; 0: all' }),
  n: orDefault(z.int().min(1).max(128), 1).meta({ description: 'texts for each prompt' }),
  seed: z.int().nullish().meta({ description: 'the same seed and request give the same text' }),
  stop: z
    .union([stop, z.array(stop).max(4)], {
      error: 'expected a text, or a list of at most 4, none of them empty',
    })
    .nullish(),
  stream: orDefault(z.boolean(), false),
  stream_options: z
    .strictObject({ include_usage: z.boolean().optional() })
    .nullish()
    .meta({ description: 'with `stream`: the last event before `[DONE]` has the usage, and no choices' }),
  presence_penalty: neutral(z.number(), (value) => value === 0, '0'),
  frequency_penalty: neutral(z.number(), (value) => value === 0, '0'),
  logit_bias: neutral(z.record(z.string(), z.number()), (value) => Object.keys(value).length === 0, '{}'),
  user: z.string().nullish().meta({ description: 'not looked at' }),
};

/** What of it depends on something else. */
export function withDrawingChecks<
  T extends z.ZodType<{ readonly stream: boolean; readonly stream_options?: unknown }>,
>(schema: T): T {
  return schema.refine(
    ({ stream, stream_options }) => stream || (stream_options ?? undefined) === undefined,
    {
      path: ['stream_options'],
      message: 'is of use with `stream: true` only',
    },
  );
}

/** Body of POST /v1/completions: OpenAI's, as far as it goes. */
export const completionRequest = withDrawingChecks(
  z.strictObject({
    ...drawing,
    prompt: z
      .union([z.string(), z.array(z.string()).min(1).max(MOST_INPUTS)], {
        error: `expected a text, or a list of 1 to ${MOST_INPUTS} texts`,
      })
      .meta({ description: 'token ids are not taken' }),
    max_tokens: orDefault(z.int().min(1), 16),
    echo: orDefault(z.boolean(), false),
    logprobs: z.int().min(0).max(MOST_LOGPROBS).nullish().meta({
      description:
        'natural logarithms of the probabilities of so many likeliest tokens at each place, and of the chosen one; before `temperature`, `top_k` and `top_p`',
    }),
    best_of: z.int().nullish().meta({ description: 'not supported: as `n`, or left out' }),
    suffix: neutral(z.string(), (value) => value === '', 'null'),
  }),
)
  .refine(({ n, best_of }) => (best_of ?? n) === n, {
    path: ['best_of'],
    message: 'is not supported by this server: leave it out, or give what `n` is',
  })
  .refine(({ echo, logprobs }) => !echo || (logprobs ?? undefined) === undefined, {
    path: ['logprobs'],
    message: 'is of what is generated: leave out `echo`, since the tokens of the prompt have none',
  });

/** `length`: it had as many tokens as were asked for, or as the model can read. */
export const finishReason = z.enum(['stop', 'length']);

export const usage = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
});

export function usageAnswer({
  prompt,
  generated,
}: {
  readonly prompt: number;
  readonly generated: number;
}): z.output<typeof usage> {
  return { prompt_tokens: prompt, completion_tokens: generated, total_tokens: prompt + generated };
}

const choice = z.object({
  index: z.int(),
  text: z.string(),
  logprobs: z
    .object({
      tokens: z
        .array(z.string())
        .meta({ description: 'one that is no whole characters: `bytes:\\xf0\\x9f`' }),
      token_logprobs: z.array(z.number()),
      top_logprobs: z.array(z.record(z.string(), z.number())),
      text_offset: z.array(z.int()).meta({ description: 'where it begins in the text that is generated' }),
    })
    .nullable()
    .meta({ description: 'streamed, those of the tokens that begin in this part' }),
  finish_reason: finishReason.nullable(),
});

/** Its answer; streamed, each event is one without `usage`. */
export const completionResponse = z.object({
  id: z.string(),
  object: z.literal('text_completion'),
  created: z.int(),
  model: z.string(),
  system_fingerprint: z.string().meta({ description: "the model's version" }),
  choices: z.array(choice),
  usage: usage.optional(),
});

export const modelList = z.object({
  object: z.literal('list'),
  data: z.array(
    z.object({
      id: z.string(),
      object: z.literal('model'),
      created: z.int(),
      owned_by: z.literal('reprise'),
      version: z.string(),
      task: z.string(),
      labels: z.array(z.string()),
      max_width: z.int(),
    }),
  ),
});

export const turnResponse = z.object({
  version: z.string(),
  turned: z.boolean().meta({ description: 'whether another was served before' }),
});

export const health = z.object({ status: z.enum(['ok', 'loading', 'draining']) });

export const errorResponse = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    code: z.string(),
    param: z.string().nullable(),
  }),
});

export type ClassifyResponse = z.output<typeof classifyResponse>;
export type CompletionResponse = z.output<typeof completionResponse>;
