import { readFileSync } from 'node:fs';

/** What transformers generated and would draw from: see tests/finetuning/fixtures/gpt2.py. */
export interface ExpectedGeneration {
  readonly max_new_tokens: number;
  readonly end: number;
  readonly prompts: readonly (readonly number[])[];
  /** With the token that ends it. */
  readonly greedy: readonly (readonly number[])[];
  readonly logits: readonly (readonly number[])[];
  readonly sampling: readonly {
    readonly temperature: number;
    readonly top_k: number;
    readonly top_p: number;
    readonly probabilities: readonly (readonly number[])[];
  }[];
}

export const GPT2 = 'tests/finetuning/fixtures/gpt2-tiny';

export function expectedGeneration(): ExpectedGeneration {
  return JSON.parse(readFileSync(`${GPT2}/generation.json`, 'utf8')) as ExpectedGeneration;
}
