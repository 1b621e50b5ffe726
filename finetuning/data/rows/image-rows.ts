import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { findProjectRoot } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { checkFields, parseJsonLine } from './json-line.js';
import { readLines, type Line } from './read-lines.js';
import type { ImageRow } from './row.js';

export interface ImageRowLine extends Line {
  readonly row: ImageRow;
  /** Absolute, of the picture. */
  readonly path: string;
}

/** Where the pictures of a data file may lie. */
export interface PictureFolder {
  /** The file's own, which the paths are relative to. */
  readonly folder: string;
  /** The project's. */
  readonly root: string;
}

/** @throws DiagnosticError `no-project` */
export function pictureFolder(path: string): PictureFolder {
  const folder = dirname(resolve(path));
  return { folder, root: findProjectRoot(folder) };
}

/**
 * Rows of a .jsonl file of pictures, each checked. Blank lines are passed over.
 *
 * @throws DiagnosticError `jsonl-syntax`, `bad-row`, `path-outside` with file and line; `no-project`; those of `readLines`
 */
export async function* readImageRows(path: string, shownAs: string): AsyncGenerator<ImageRowLine> {
  const place = pictureFolder(path);
  for await (const line of readLines(path, shownAs)) {
    if (line.text.trim() === '') continue;
    yield { ...line, ...imageRow(parseJsonLine(line, shownAs), place, shownAs, line.number) };
  }
}

/** @throws DiagnosticError `bad-row`, `path-outside` */
export function imageRow(
  value: unknown,
  { folder, root }: PictureFolder,
  file: string,
  line: number,
): { readonly row: ImageRow; readonly path: string } {
  const row = checkFields<ImageRow>(value, ['id', 'image', 'label'], file, line);
  const path = resolve(folder, row.image);
  const within = relative(root, path);
  // A data file from elsewhere must not make a training read what is not its own.
  if (!isAbsolute(row.image) && within !== '' && within !== '..' && !within.startsWith(`..${sep}`))
    return { row, path };
  throw new DiagnosticError('path-outside', {
    message: 'this picture lies outside of the project',
    at: { file, line },
    expected: `a path relative to ${file} that stays inside of the project`,
    found: row.image,
    fix: 'put the pictures into the project and correct the paths',
  });
}
