import type { BaseConfig } from '../../../configs/index.js';
import { imageRow, pictureFolder, type PictureFolder } from '../rows/image-rows.js';
import { textOf } from '../rows/language-text.js';
import { checkLanguageRow } from '../rows/read-language-rows.js';
import { checkFields, parseJsonLine } from '../rows/read-rows.js';
import { readLines, type Line } from '../rows/read-lines.js';
import type { Row } from '../rows/row.js';
import { digestOf, textDigest } from '../rows/text-key.js';

/** A row of any task, with what all have. */
export interface AnyRowLine extends Line {
  readonly id: string;
  /** Empty where the task knows none. */
  readonly label: string;
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
  for await (const line of readLines(path, shownAs)) {
    if (line.text.trim() === '') continue;
    const value = parseJsonLine(line, shownAs);
    const common = { ...line, fields: value as Record<string, unknown> };
    switch (task) {
      case 'text-classification': {
        const { id, label, text } = checkFields<Row>(value, ['id', 'text', 'label'], shownAs, line.number);
        yield { ...common, id, label, content: text, digest: textDigest(text) };
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
