import type { BaseConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { imageRow, pictureFolder, type PictureFolder } from '../rows/image-rows.js';
import { textOf } from '../rows/language-text.js';
import { checkLanguageRow } from '../rows/read-language-rows.js';
import { checkFields, parseJsonLine } from '../rows/json-line.js';
import { readLines, type Line } from '../rows/read-lines.js';
import type { Row } from '../rows/row.js';
import { digestOf, pairDigest, textDigest } from '../rows/text-key.js';
import { checkTextFields } from '../rows/text-rows.js';

/** A row of any task, with what all have. */
export interface AnyRowLine extends Line {
  readonly id: string;
  /** Empty where the task knows none, and where rows have numbers, or any number of labels. */
  readonly label: string;
  /** Where rows have any number of them. */
  readonly labels?: readonly string[];
  /** Where labels are numbers. */
  readonly numbers?: readonly number[];
  /** What it says; of a picture, nothing. */
  readonly content: string;
  /** Two rows of one digest are the same to a reader. */
  readonly digest: Buffer;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * The rows of a .jsonl file of this task, each checked. Blank lines are passed over.
 *
 * @throws DiagnosticError `jsonl-syntax`, `bad-row`, `path-outside` with file and line; those of `readLines`
 */
export async function* readRowsOf(
  task: BaseConfig['task'],
  path: string,
  shownAs: string,
): AsyncGenerator<AnyRowLine> {
  let place: PictureFolder | undefined;
  let kind: { readonly kind: Kind; readonly line: number } | undefined;
  for await (const line of readLines(path, shownAs)) {
    if (line.text.trim() === '') continue;
    const value = parseJsonLine(line, shownAs);
    const common = { ...line, fields: value as Record<string, unknown> };
    switch (task) {
      case 'text-classification': {
        const answer = answerOf(value, shownAs, line.number);
        kind ??= { ...answer, line: line.number };
        if (answer.kind !== kind.kind) throw mixed(answer.kind, kind, shownAs, line.number);
        const {
          id,
          text,
          text_pair: pair,
        } = checkTextFields<Omit<Row, 'label'>>(value, ['id', 'text'], shownAs, line.number);
        yield {
          ...common,
          ...{ id, label: answer.label ?? '' },
          ...(answer.labels ? { labels: answer.labels } : {}),
          ...(answer.numbers ? { numbers: answer.numbers } : {}),
          content: pair === undefined ? text : `${text}\n${pair}`,
          digest: pair === undefined ? textDigest(text) : pairDigest(text, pair),
        };
        break;
      }
      case 'causal-lm': {
        const content = textOf(checkLanguageRow(value, shownAs, line.number));
        const { id } = checkFields<{ id: string }>(value, ['id'], shownAs, line.number);
        yield { ...common, id, label: '', content, digest: textDigest(content) };
        break;
      }
      case 'image-classification': {
        place ??= pictureFolder(path);
        const { row, path: picture } = imageRow(value, place, shownAs, line.number);
        yield { ...common, id: row.id, label: row.label, content: '', digest: digestOf(picture) };
        break;
      }
    }
  }
}

type Kind = 'a name' | 'a number' | 'any number of names';

interface RowAnswer {
  readonly kind: Kind;
  readonly label?: string;
  readonly labels?: readonly string[];
  readonly numbers?: readonly number[];
}

/** @throws DiagnosticError `bad-row` */
function answerOf(value: unknown, file: string, line: number): RowAnswer {
  const { label, labels } = (typeof value === 'object' && value !== null ? value : {}) as {
    readonly label?: unknown;
    readonly labels?: unknown;
  };
  const isNumber = (one: unknown): one is number => typeof one === 'number' && Number.isFinite(one);
  if (isNumber(label)) return { kind: 'a number', numbers: [label] };
  if (Array.isArray(label) && label.length > 0 && label.every(isNumber))
    return { kind: 'a number', numbers: label };
  const isName = (one: unknown): one is string => typeof one === 'string' && one !== '';
  if (label === undefined && Array.isArray(labels) && labels.every(isName))
    return { kind: 'any number of names', labels };
  const { label: name } = checkFields<Row>(value, ['label'], file, line);
  return { kind: 'a name', label: name };
}

function mixed(
  found: Kind,
  first: { readonly kind: Kind; readonly line: number },
  file: string,
  line: number,
): DiagnosticError {
  return new DiagnosticError('bad-row', {
    message: `this row has ${found} to be learned, and the one on line ${first.line} has ${first.kind}`,
    at: { file, line },
    expected: 'the same in all rows: a label that is a name, one that is a number, or a list of labels',
    found,
    fix: 'run `reprise data preprocess` again, or correct the line',
  });
}
