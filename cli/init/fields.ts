import type { ProblemType } from '../../configs/index.js';
import type { FirstRecords } from '../../finetuning/index.js';
import { columnsLike, pictureNames, plainText, separatorIn } from './guess-fields.js';
import type { Task } from './tasks.js';

/** What of a record is which: `preprocessing.fields`. */
export interface ChosenFields {
  readonly fields: Readonly<Record<string, string>>;
  /** They are taken by what stands in them: nothing is called as such columns often are. */
  readonly guessed?: boolean;
  /** All columns, where the fields are not among them. */
  readonly notAmong?: readonly string[];
  /** A column that names pictures, where there is no text. */
  readonly pictures?: string;
  /** What stands between the labels in a cell. */
  readonly separator?: string;
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
 * Which columns are the text and its label, or the prompt and what follows it: by their names, and else by what stands in them,
 * where that is plain.
 *
 * @param sample undefined: nothing is known yet
 */
export function fieldsFor(
  task: Exclude<Task, 'image-classification'>,
  problem: ProblemType,
  sample: FirstRecords | undefined,
): ChosenFields {
  return task === 'causal-lm' ? languageFields(sample) : labelledFields(problem, sample);
}

const named = (sample: FirstRecords | undefined, name: string): string | undefined =>
  sample?.columns.find((column) => column.toLowerCase() === name);

function languageFields(sample: FirstRecords | undefined): ChosenFields {
  for (const roles of LANGUAGE) {
    const found = Object.entries(roles).map(([role, name]) => [role, named(sample, name)] as const);
    if (found.every((entry): entry is [string, string] => entry[1] !== undefined))
      return { fields: Object.fromEntries(found) };
  }
  if (!sample) return { fields: { text: 'text' } };
  const [messages, another] = columnsLike(sample, 'messages');
  if (messages !== undefined && another === undefined) return { fields: { messages }, guessed: true };
  // Of two texts, one may be asked and the other answered.
  const [text, second] = columnsLike(sample, 'text');
  if (text !== undefined && second === undefined) return { fields: { text }, guessed: true };
  return { fields: { text: 'text' }, notAmong: sample.columns };
}

function labelledFields(problem: ProblemType, sample: FirstRecords | undefined): ChosenFields {
  const role = problem === 'multi_label_classification' ? 'labels' : 'label';
  const first = (names: readonly string[]): string | undefined =>
    names.map((name) => named(sample, name)).find((column) => column !== undefined);
  const known = { text: first(TEXT), label: first(LABEL[problem]) };
  if (!sample) return { fields: { text: 'text', [role]: role } };
  const text =
    known.text ??
    plainText(
      sample,
      columnsLike(sample, 'text').filter((column) => column !== known.label),
    );
  const like = columnsLike(sample, problem).filter((column) => column !== text);
  const label = known.label ?? (like.length === 1 ? like[0] : undefined);
  const pictures = text === undefined ? pictureNames(sample) : undefined;
  const separator = role === 'labels' && label !== undefined ? separatorIn(sample, label) : undefined;
  return {
    fields: { text: text ?? 'text', [role]: label ?? role },
    ...(separator === undefined ? {} : { separator }),
    ...(pictures === undefined ? {} : { pictures }),
    ...(text === undefined || label === undefined
      ? { notAmong: sample.columns }
      : known.text === undefined || known.label === undefined
        ? { guessed: true }
        : {}),
  };
}
