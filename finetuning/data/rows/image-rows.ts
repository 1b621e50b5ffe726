import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { findProjectRoot } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { checkFields, parseJsonLine } from './read-rows.js';
import { readLines, type Line } from './read-lines.js';
import type { ImageRow } from './row.js';

export interface ImageRowLine extends Line {
  readonly row: ImageRow;
  /** Absolute, of the picture. */
  readonly path: string;
}

/**
 * Rows of a .jsonl file of pictures, each checked. Blank lines are passed over.
 *
 * @throws DiagnosticError `jsonl-syntax`, `bad-row`, `path-outside` with file and line; `no-project`; those of `readLines`
 */
export async function* readImageRows(path: string, shownAs: string): AsyncGenerator<ImageRowLine> {
  const folder = dirname(resolve(path));
  const root = findProjectRoot(folder);
  for await (const line of readLines(path, shownAs)) {
    if (line.text.trim() === '') continue;
    const value = parseJsonLine(line, shownAs);
    const row = checkFields<ImageRow>(value, ['id', 'image', 'label'], shownAs, line.number);
    yield { ...line, row, path: insideProject(row.image, folder, root, shownAs, line.number) };
  }
}

/** A data file from elsewhere must not make a training read what is not its own. */
function insideProject(image: string, folder: string, root: string, file: string, line: number): string {
  const path = resolve(folder, image);
  const within = relative(root, path);
  if (!isAbsolute(image) && within !== '' && within !== '..' && !within.startsWith(`..${sep}`)) return path;
  throw new DiagnosticError('path-outside', {
    message: 'this picture lies outside of the project',
    at: { file, line },
    expected: `a path relative to ${file} that stays inside of the project`,
    found: image,
    fix: 'put the pictures into the project and correct the paths',
  });
}
