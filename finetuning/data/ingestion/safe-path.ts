import { isAbsolute, join, normalize, sep } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';

/**
 * Where a path from an archive or a config stands inside `folder`.
 *
 * @throws DiagnosticError `path-escape` where it would stand outside
 */
export function safeInside(folder: string, path: string, archive: string): string {
  const normal = normalize(path);
  if (
    path === '' ||
    path.includes('\0') ||
    isAbsolute(path) ||
    normal === '..' ||
    normal.startsWith(`..${sep}`)
  )
    throw new DiagnosticError('path-escape', {
      message: `${archive} holds a file that would be written outside its folder`,
      at: { file: archive },
      found: JSON.stringify(path),
      fix: 'do not use this archive',
    });
  return join(folder, normal);
}
