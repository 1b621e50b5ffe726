import { z } from 'zod';

/** Inputs that one request may have. */
const MOST_INPUTS = 256;

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

/** Body of POST /v1/completions: OpenAI's, as far as it goes. */
export const completionRequest = z.strictObject({
  model,
  prompt: z.union([z.string(), z.array(z.string()).min(1).max(MOST_INPUTS)]),
  max_tokens: z.int().min(1).default(16),
  temperature: z.number().min(0).max(100).default(1).meta({ description: '0 takes the likeliest token' }),
  top_p: z.number().gt(0).max(1).default(1),
  top_k: z.int().min(0).default(0).meta({ description: 'not of OpenAI; 0: all' }),
  n: z.literal(1).default(1),
  seed: z.int().min(0).optional().meta({ description: 'the same seed and request give the same text' }),
  stop: z.union([stop, z.array(stop).max(4)]).nullish(),
  stream: z.boolean().default(false),
  echo: z.boolean().default(false),
  user: z.string().optional().meta({ description: 'not looked at' }),
});

const choice = z.object({
  index: z.int(),
  text: z.string(),
  logprobs: z.null(),
  finish_reason: z.enum(['stop', 'length']).nullable(),
});

/** Its answer; streamed, each event is one without `usage`. */
export const completionResponse = z.object({
  id: z.string(),
  object: z.literal('text_completion'),
  created: z.int(),
  model: z.string(),
  system_fingerprint: z.string().meta({ description: "the model's version" }),
  choices: z.array(choice),
  usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() }).optional(),
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
