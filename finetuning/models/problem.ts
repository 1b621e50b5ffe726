import { z } from 'zod';
import { problemTypes, type ProblemType } from '../../configs/index.js';

const headSchema = z.looseObject({
  problem_type: z.enum(problemTypes).nullish(),
  id2label: z.record(z.string(), z.string()).nullish(),
  num_labels: z.int().nullish(),
});

/** What the head of a config.json is for. Where it does not say, transformers takes a head of one number for a regression. */
export function problemOf(config: unknown): ProblemType {
  const head = headSchema.safeParse(config).data;
  if (head?.problem_type) return head.problem_type;
  const outputs = head?.id2label ? Object.keys(head.id2label).length : head?.num_labels;
  return outputs === 1 ? 'regression' : 'single_label_classification';
}

/** Names of the classes in a config.json, in the order of the logits; none where it names none. */
export function ownLabels(config: unknown): readonly string[] {
  const names = headSchema.safeParse(config).data?.id2label ?? {};
  return Object.keys(names).map((_, index) => names[index] ?? String(index));
}

/** transformers' names of the outputs of a head that says numbers. */
export function numberLabels(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `LABEL_${index}`);
}
