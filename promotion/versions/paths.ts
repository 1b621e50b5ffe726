import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';

/**
 * The absolute path of something inside the project. What is named in settings and inputs goes nowhere else, through links neither.
 *
 * @throws DiagnosticError `path-outside`
 */
export async function insideProject(root: string, path: string): Promise<string> {
  const wanted = resolve(root, path);
  let existing = wanted;
  while (!(await lstat(existing).catch(() => undefined)) && existing !== dirname(existing))
    existing = dirname(existing);
  const real = join(await realpath(existing), relative(existing, wanted));
  const way = relative(await realpath(root), real);
  if (way === '' || way === '..' || way.startsWith('../') || resolve(way) === way) {
    throw new DiagnosticError('path-outside', {
      message: `${path} is not inside the project`,
      expected: `a path inside ${root}`,
      fix: 'name a path inside the project, and not a link that leads out of it',
    });
  }
  return wanted;
}
