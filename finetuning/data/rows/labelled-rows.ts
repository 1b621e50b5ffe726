import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Location } from '../../../diagnostics/index.js';
import { readImageFolder } from './image-folder.js';
import { imageRow, pictureFolder, type PictureFolder } from './image-rows.js';
import { parseJsonLine } from './json-line.js';
import { readLines } from './read-lines.js';
import type { ImageRow, Row } from './row.js';
import { textInput, type TextInput } from './text-input.js';
import { checkTextFields } from './text-rows.js';

/** What a classifier answers: a text or a picture. */
export type LabelledRow = Row | ImageRow;

export interface LabelledRowLine {
  readonly row: LabelledRow;
  /** Where it stands: its line, or the picture in its folder. */
  readonly at: Location;
  /** What the classifier is given: the text or both, or the picture's absolute path. */
  readonly input: TextInput;
}

/**
 * Rows of texts or of pictures, each checked: a row with `image` and no `text` is one of a picture. Of a folder, its
 * pictures, in folders named by their labels.
 *
 * @throws DiagnosticError `jsonl-syntax`, `bad-row` with file and line; those of `readImageRows` and `readImageFolder`
 */
export async function* readLabelledRows(path: string, shownAs: string): AsyncGenerator<LabelledRowLine> {
  if (isFolder(path)) {
    for (const row of readImageFolder(path, shownAs))
      yield { row, at: { file: join(shownAs, row.image) }, input: join(path, row.image) };
    return;
  }
  let place: PictureFolder | undefined;
  for await (const line of readLines(path, shownAs)) {
    if (line.text.trim() === '') continue;
    const { number } = line;
    const at = { file: shownAs, line: number };
    const value = parseJsonLine(line, shownAs);
    if (typeof value === 'object' && value !== null && 'image' in value && !('text' in value)) {
      place ??= pictureFolder(path);
      const { row, path: input } = imageRow(value, place, shownAs, number);
      yield { row, at, input };
    } else {
      const row = checkTextFields<Row>(value, ['id', 'text', 'label'], shownAs, number);
      yield { row, at, input: textInput(row) };
    }
  }
}

/** The part of a row that is shown beside its label. */
export function given(row: LabelledRow): { readonly image: string } | Pick<Row, 'text' | 'text_pair'> {
  if ('image' in row) return { image: row.image };
  const { text, text_pair: pair } = row;
  return { text, ...(pair === undefined ? {} : { text_pair: pair }) };
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
