import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Location } from '../../../diagnostics/index.js';
import { readImageFolder } from './image-folder.js';
import { imageRow, pictureFolder, type PictureFolder } from './image-rows.js';
import { checkFields, parseJsonLine } from './read-rows.js';
import { readLines } from './read-lines.js';
import type { ImageRow, Row } from './row.js';

/** What a classifier answers: a text or a picture. */
export type LabelledRow = Row | ImageRow;

export interface LabelledRowLine {
  readonly row: LabelledRow;
  /** Where it stands: its line, or the picture in its folder. */
  readonly at: Location;
  /** What the classifier is given: the text, or the picture's absolute path. */
  readonly input: string;
}

/**
 * Rows of texts or of pictures, each checked: a row with `image` and no `text` is one of a picture. Of a folder, its
 * pictures, in folders named by their labels.
 *
 * @throws DiagnosticError those of `readRows`, `readImageRows` and `readImageFolder`
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
      const row = checkFields<Row>(value, ['id', 'text', 'label'], shownAs, number);
      yield { row, at, input: row.text };
    }
  }
}

/** The part of a row that is shown beside its label. */
export function given(row: LabelledRow): { readonly text: string } | { readonly image: string } {
  return 'image' in row ? { image: row.image } : { text: row.text };
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
