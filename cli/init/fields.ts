import type { ProblemType } from '../../configs/index.js';
import type { Task } from './tasks.js';

/** What of a record is which: `preprocessing.fields`. */
export interface ChosenFields {
  readonly fields: Readonly<Record<string, string>>;
  /** All columns, where the fields are not among them. */
  readonly notAmong?: readonly string[];
}

/** What columns are called, the likeliest first. */
const TEXT = ['text', 'sentence', 'review', 'content', 'body', 'comment'];
const LABEL: Readonly<Record<ProblemType, readonly string[]>> = {
  single_label_classification: ['label', 'category', 'class', 'sentiment', 'target'],
  regression: ['label', 'score', 'rating', 'value', 'target'],
  multi_label_classification: ['labels', 'tags', 'categories'],
};
/** Of language models, by the data sets that have them so. */
const LANGUAGE: readonly Readonly<Record<string, string>>[] = [
  { messages: 'messages' },
  { messages: 'conversations' },
  { prompt: 'prompt', completion: 'completion' },
  { prompt: 'prompt', completion: 'response' },
  { prompt: 'instruction', context: 'input', completion: 'output' },
  { prompt: 'instruction', completion: 'output' },
  { prompt: 'instruction', completion: 'response' },
  { prompt: 'question', completion: 'answer' },
  { text: 'text' },
];

/**
 * Which columns are the text and its label, or the prompt and what follows it, by their names.
 *
 * @param columns undefined: not known yet
 */
export function fieldsFor(
  task: Exclude<Task, 'image-classification'>,
  problem: ProblemType,
  columns: readonly string[] | undefined,
): ChosenFields {
  const named = (name: string): string | undefined =>
    columns?.find((column) => column.toLowerCase() === name);
  if (task === 'causal-lm') {
    for (const roles of LANGUAGE) {
      const found = Object.entries(roles).map(([role, name]) => [role, named(name)] as const);
      if (found.every((entry): entry is [string, string] => entry[1] !== undefined))
        return { fields: Object.fromEntries(found) };
    }
    return { fields: { text: 'text' }, ...(columns ? { notAmong: columns } : {}) };
  }
  const role = problem === 'multi_label_classification' ? 'labels' : 'label';
  const first = (names: readonly string[]): string | undefined =>
    names.map(named).find((column) => column !== undefined);
  const [text, label] = [first(TEXT), first(LABEL[problem])];
  return {
    fields: { text: text ?? 'text', [role]: label ?? role },
    ...(columns && (text === undefined || label === undefined) ? { notAmong: columns } : {}),
  };
}
