import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { ImageRow } from './row.js';

/** Of a kind that can be read, by its name; and not hidden. */
export function isPicture(name: string): boolean {
  return /^[^.].*\.(png|jpe?g|webp)$/i.test(name);
}

/**
 * A folder of pictures with a folder for each label: `<label>/<file>`. Other files are passed over, and so are hidden
 * ones. Sorted by code point, so that the order is the same everywhere.
 *
 * @returns rows whose id and image are the picture's path in the folder, with `/`
 * @throws DiagnosticError `file-missing`, `no-pictures`
 */
export function readImageFolder(path: string, shownAs: string): ImageRow[] {
  const rows: ImageRow[] = [];
  for (const label of names(path, shownAs)) {
    if (!statSync(join(path, label)).isDirectory()) continue;
    for (const name of names(join(path, label), `${shownAs}/${label}`))
      if (isPicture(name)) rows.push({ id: `${label}/${name}`, image: `${label}/${name}`, label });
  }
  if (rows.length > 0) return rows;
  throw new DiagnosticError('no-pictures', {
    message: `${shownAs} has no pictures`,
    at: { file: shownAs },
    expected: 'a folder for each label, with .png, .jpg or .webp files in it',
    fix: 'put the pictures there, or name another folder',
  });
}

function names(path: string, shownAs: string): string[] {
  try {
    return readdirSync(path)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch (cause) {
    throw new DiagnosticError('file-missing', {
      message: `${shownAs} cannot be read (${(cause as NodeJS.ErrnoException).code})`,
      at: { file: shownAs },
      fix: 'run the stage that makes it, or correct the path',
      cause,
    });
  }
}
