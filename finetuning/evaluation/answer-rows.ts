import type { ProblemType } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { readTextRows, type Answer, type TextInput } from '../data/index.js';
import type { Classifier } from './classifier.js';

/** Heads whose answer is not one of the labels. */
export type OtherProblem = Exclude<ProblemType, 'single_label_classification'>;

/** Rows of texts, and what is to be said of each. */
export interface AnswerRows {
  readonly ids: readonly string[];
  readonly inputs: readonly TextInput[];
  readonly answers: readonly Answer[];
  /** Lines of the file. */
  readonly lines: readonly number[];
}

/** @throws DiagnosticError `empty-dataset`, those of `readTextRows` */
export async function readAnswerRows(
  path: string,
  shownAs: string,
  problem: ProblemType,
): Promise<AnswerRows> {
  const rows = {
    ids: [] as string[],
    inputs: [] as TextInput[],
    answers: [] as Answer[],
    lines: [] as number[],
  };
  for await (const { id, input, answer, number } of readTextRows(path, shownAs, problem)) {
    rows.ids.push(id);
    rows.inputs.push(input);
    rows.answers.push(answer);
    rows.lines.push(number);
  }
  if (rows.ids.length > 0) return rows;
  throw new DiagnosticError('empty-dataset', {
    message: `${shownAs} has no rows`,
    at: { file: shownAs },
    fix: 'run the stage that makes it, or name another file',
  });
}

/** Of numbers and shares that are written: the last bits depend on the processor. */
const DECIMALS = 4;

/** What a model says of each row. */
export interface Said {
  /** As it is written beside the row: a number, or several, or the labels that are likelier than not. */
  readonly prediction: number | readonly number[] | readonly string[];
  /** Of each label how likely it is; of a regression absent. */
  readonly scores?: Readonly<Record<string, number>>;
}

/**
 * @param logits [rows, labels]
 * @throws DiagnosticError `not-finite`
 */
export function saidOf(logits: Float32Array, labels: readonly string[], problem: OtherProblem): Said[] {
  const width = labels.length;
  return Array.from({ length: logits.length / width }, (_, row) => {
    const own = logits.subarray(row * width, (row + 1) * width);
    if (!own.every(Number.isFinite))
      throw new DiagnosticError('not-finite', {
        message: `the model answers with ${own.find((logit) => !Number.isFinite(logit))}, at row ${row + 1}`,
        expected: 'finite numbers',
        fix: 'train it again with a lower learning rate; its weights are damaged',
      });
    if (problem === 'regression') {
      const numbers = Array.from(own, (value) => rounded(value));
      return { prediction: width === 1 ? (numbers[0] as number) : numbers };
    }
    const scores = labels.map(
      (label, at) => [label, rounded(1 / (1 + Math.exp(-(own[at] as number))))] as const,
    );
    return {
      prediction: labels.filter((_, at) => (own[at] as number) > 0),
      scores: Object.fromEntries(scores),
    };
  });
}

export function rounded(value: number, decimals = DECIMALS): number {
  return Number(value.toFixed(decimals));
}

/** A row as it is written beside what was said of it. */
export function rowRecord(
  { ids, inputs, answers }: AnswerRows,
  row: number,
  problem: OtherProblem,
): { readonly id: string } {
  const input = inputs[row] as TextInput;
  return {
    id: ids[row] as string,
    ...(typeof input === 'string' ? { text: input } : { text: input.text, text_pair: input.textPair }),
    [problem === 'regression' ? 'label' : 'labels']: answers[row],
  };
}

/** Logits of all rows [rows, labels]; nothing is left open. */
export async function askAll(
  open: () => Promise<Classifier>,
  inputs: readonly TextInput[],
  options: Parameters<Classifier['predict']>[1],
): Promise<{ readonly logits: Float32Array; readonly labels: readonly string[] }> {
  const classifier = await open();
  try {
    return { logits: await classifier.predict(inputs, options), labels: classifier.labels };
  } finally {
    classifier.dispose();
  }
}
