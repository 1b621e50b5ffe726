import type { z } from 'zod';
import type { ServedModel } from '../types.js';
import type { ClassifyResponse } from './schemas.js';
import { BadRequest } from './failure.js';

const SCORE_DECIMALS = 6;

/** @param rows logits [labels] of each input */
export function classification(
  { name, version, labels, problem }: ServedModel,
  rows: readonly Float32Array[],
  topK = labels.length,
): ClassifyResponse {
  const ranked = (scores: readonly number[]) =>
    scores
      .map((score, at) => ({ label: labels[at] as string, score: Number(score.toFixed(SCORE_DECIMALS)) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, topK);
  const predictions = rows.map((logits): ClassifyResponse['predictions'][number] => {
    switch (problem) {
      case 'single_label_classification': {
        const scores = ranked(softmax(logits));
        const [best] = scores as [(typeof scores)[number]];
        return { ...best, scores };
      }
      case 'multi_label_classification':
        return {
          labels: labels.filter((_, at) => (logits[at] as number) > 0),
          scores: ranked(Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)))),
        };
      case 'regression':
        return numbersOf(logits, labels);
    }
  });
  return { model: name, version, predictions };
}

/** One number, or those of several outputs by their names. */
function numbersOf(logits: Float32Array, labels: readonly string[]): ClassifyResponse['predictions'][number] {
  const [first, ...others] = Array.from(logits, (logit) => Number(logit.toFixed(SCORE_DECIMALS)));
  if (others.length === 0) return { value: first as number };
  const named = [first as number, ...others].map((value, at) => [labels[at] as string, value] as const);
  return { values: Object.fromEntries(named) };
}

function softmax(logits: Float32Array): number[] {
  const top = Math.max(...logits);
  const weights = Array.from(logits, (logit) => Math.exp(logit - top));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** @throws BadRequest naming the field */
export function parseBody<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new BadRequest(
      400,
      'bad-request',
      'the body must be a JSON object; GET /openapi.json describes it',
    );
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const param = issue?.path.join('.') || null;
  throw new BadRequest(400, 'bad-request', `${param ?? 'the body'}: ${issue?.message ?? 'is wrong'}`, param);
}
