import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { tinyConfig, tinyProject as project } from './tiny-project.js';

export interface PairRow {
  readonly id: string;
  readonly text: string;
  readonly text_pair?: string;
  readonly label?: number | readonly number[];
  readonly labels?: readonly string[];
}

/** What rows say: a number, three, or some of three labels. */
export type Said = 'number' | 'numbers' | 'labels';

export const problemTypes = {
  number: 'regression',
  numbers: 'regression',
  labels: 'multi_label_classification',
} as const;

const WORDS = ['mammal', 'capital', 'finance', 'cafe', 'kind', 'of', 'the', 'angstrom'] as const;

/** Settings of LoRA that other methods do not have. */
export const FULL = {
  method: 'full',
  lora_r: undefined,
  lora_alpha: undefined,
  lora_dropout: undefined,
  target_modules: undefined,
};

const answers: Readonly<Record<Said, (...words: string[][]) => Pick<PairRow, 'label' | 'labels'>>> = {
  number: (shared = [], first = []) => ({ label: share(shared, first) }),
  numbers: (shared = [], first = [], second = []) => ({
    label: [share(shared, first), share(shared, second), (first.length - second.length) / 4],
  }),
  labels: (shared = []) => ({
    labels: shared.filter((word) => ['mammal', 'cafe', 'finance'].includes(word)),
  }),
};

function share(shared: readonly string[], words: readonly string[]): number {
  return Number((shared.length / words.length - 0.5).toFixed(3));
}

/** Texts, most of them with a second one, and what they have in common: a share, or the words themselves. */
function pairRows(said: Said, count: number, offset: number): string {
  return Array.from({ length: count }, (_, index) => {
    const n = index + offset;
    const words = (length: number, step: number): string[] =>
      Array.from({ length }, (_word, at) => WORDS[(n * step + at * 3) % WORDS.length] as string);
    const first = words(1 + ((n * 7) % 6), 3);
    const second = words(1 + ((n * 5) % 9), 5);
    const shared = [...new Set(first.filter((word) => second.includes(word)))];
    const row: PairRow = {
      id: `row-${n}`,
      text: first.join(' '),
      ...(n % 5 === 4 ? {} : { text_pair: second.join(' ') }),
      ...answers[said](shared, first, second),
    };
    return JSON.stringify(row);
  })
    .map((line) => `${line}\n`)
    .join('');
}

/**
 * The tiny project with rows of pairs.
 *
 * @param said by the rows, which `problem_type` follows; `null`: with the rows of `from`, and as the model's config.json says
 */
export function tinyProject(said: Said | null, config: object, from?: string): string {
  const rows = (name: 'train' | 'val', count: number, offset: number): string =>
    said === null
      ? readFileSync(join(from as string, `data/finetuning/${name}.jsonl`), 'utf8')
      : pairRows(said, count, offset);
  const root = project({
    config: { max_length: 24, ...config },
    'data/finetuning/train.jsonl': rows('train', 60, 0),
    'data/finetuning/val.jsonl': rows('val', 30, 1000),
  });
  writeFileSync(
    join(root, 'configs/finetuning/tiny.yaml'),
    stringify({
      ...tinyConfig,
      ...(said === null ? {} : { problem_type: problemTypes[said] }),
      ...config,
    }),
  );
  return root;
}
