import { imageRow, pictureFolder, type PictureFolder } from './image-rows.js';
import { parseJsonLine } from './read-rows.js';
import { readLines } from './read-lines.js';
import type { ImageRow, Row } from './row.js';
import { textInput, type TextInput } from './text-input.js';
import { checkTextFields } from './text-rows.js';

/** What a classifier answers: a text or a picture. */
export type LabelledRow = Row | ImageRow;

export interface LabelledRowLine {
  readonly row: LabelledRow;
  /** From 1. */
  readonly number: number;
  /** What the classifier is given: the text or both, or the picture's absolute path. */
  readonly input: TextInput;
}

/**
 * Rows of texts or of pictures, each checked: a row with `image` and no `text` is one of a picture.
 *
 * @throws DiagnosticError those of `readRows` and `readImageRows`
 */
export async function* readLabelledRows(path: string, shownAs: string): AsyncGenerator<LabelledRowLine> {
  let place: PictureFolder | undefined;
  for await (const line of readLines(path, shownAs)) {
    if (line.text.trim() === '') continue;
    const { number } = line;
    const value = parseJsonLine(line, shownAs);
    if (typeof value === 'object' && value !== null && 'image' in value && !('text' in value)) {
      place ??= pictureFolder(path);
      const { row, path: input } = imageRow(value, place, shownAs, number);
      yield { row, number, input };
    } else {
      const row = checkTextFields<Row>(value, ['id', 'text', 'label'], shownAs, number);
      yield { row, number, input: textInput(row) };
    }
  }
}

/** The part of a row that is shown beside its label. */
export function given(row: LabelledRow): { readonly image: string } | Pick<Row, 'text' | 'text_pair'> {
  if ('image' in row) return { image: row.image };
  const { text, text_pair: pair } = row;
  return { text, ...(pair === undefined ? {} : { text_pair: pair }) };
}
