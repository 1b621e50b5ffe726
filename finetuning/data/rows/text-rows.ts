import type { ProblemType } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { readLines, type Line } from './read-lines.js';
import { checkFields, parseJsonLine } from './json-line.js';
import { textInput, type TextInput } from './text-input.js';

/** What is to be said of a text: its label, the names of all its labels, a number, or several. */
export type Answer = string | readonly string[] | number | readonly number[];

export interface TextRowLine extends Line {
  readonly id: string;
  readonly input: TextInput;
  readonly answer: Answer;
}

/**
 * Rows of a .jsonl file of texts, each checked: `{id, text, label}` with a name, a number or a list of numbers,
 * `{id, text, labels}` with a list of names; `text_pair` has a second text. Blank lines are passed over.
 *
 * @throws DiagnosticError `jsonl-syntax`, `bad-row` with file and line; those of `readLines`
 */
export async function* readTextRows(
  path: string,
  shownAs: string,
  problem: ProblemType,
): AsyncGenerator<TextRowLine> {
  for await (const line of readLines(path, shownAs)) {
    if (line.text.trim() === '') continue;
    const value = parseJsonLine(line, shownAs);
    const row = checkTextFields<{ id: string; text: string; text_pair?: string }>(
      value,
      ['id', 'text'],
      shownAs,
      line.number,
    );
    const answer = answerOf(value as Fields, problem, shownAs, line.number);
    yield { ...line, id: row.id, input: textInput(row), answer };
  }
}

/** `checkFields`, and a `text_pair` that is a text, where there is one. @throws DiagnosticError `bad-row` */
export function checkTextFields<T>(value: unknown, fields: readonly string[], file: string, line: number): T {
  const hasPair = typeof value === 'object' && value !== null && 'text_pair' in value;
  return checkFields<T>(value, hasPair ? [...fields, 'text_pair'] : fields, file, line);
}

type Fields = Readonly<Record<string, unknown>>;

function answerOf(row: Fields, problem: ProblemType, file: string, line: number): Answer {
  const { label, labels } = row;
  switch (problem) {
    case 'regression':
      if (isNumber(label) || isNumbers(label)) return label;
      throw badAnswer({
        message: 'a row of a regression needs label',
        expected: 'label: a number, or a list of as many numbers in each row',
        found: label,
        file,
        line,
      });
    case 'multi_label_classification': {
      const names: readonly unknown[] | undefined = Array.isArray(labels) ? labels : undefined;
      const isList = names?.every((name) => typeof name === 'string' && name !== '') === true;
      if (names && isList && new Set(names).size === names.length) return names as string[];
      const expected = 'labels: a list of names, each once; empty where there is none';
      throw badAnswer({
        message: 'a row with several labels needs labels',
        expected,
        found: labels,
        file,
        line,
      });
    }
    case 'single_label_classification':
      if (typeof label === 'string' && label !== '') return label;
      throw badAnswer({
        message: 'a row needs label',
        expected: 'label: a string that is not empty',
        found: label,
        file,
        line,
      });
  }
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every(isNumber);
}

function badAnswer({
  message,
  expected,
  found,
  file,
  line,
}: {
  readonly message: string;
  readonly expected: string;
  readonly found: unknown;
  readonly file: string;
  readonly line: number;
}): DiagnosticError {
  return new DiagnosticError('bad-row', {
    message,
    at: { file, line },
    expected,
    found: found === undefined ? 'nothing' : JSON.stringify(found).slice(0, 200),
    fix: 'run the stage that makes this file again, correct the line, or set finetuning.problem_type to what the rows are',
  });
}
