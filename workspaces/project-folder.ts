import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { DiagnosticError } from '../diagnostics/index.js';

/**
 * The folder of a DVC project in a checkout of a repository. What lies around the checkout is another's: it is not looked for there.
 *
 * @param path relative to the checkout, as it was asked for
 * @returns its absolute path
 * @throws DiagnosticError `workspace-missing`, also for what a link of the repository leads out of it to; `no-dvc-project`
 */
export async function projectFolder(checkout: string, path: string, url: string): Promise<string> {
  const found = await realpath(resolve(checkout, path)).catch(() => undefined);
  const way = found === undefined ? '..' : relative(await realpath(checkout), found);
  if (way.startsWith('..') || isAbsolute(way))
    throw new DiagnosticError('workspace-missing', {
      message: `the repository has no folder ${path} there`,
      at: { file: url },
      fix: 'correct --path: it is the folder of the project in the repository',
    });
  const folder = resolve(checkout, path);
  const isProject = await stat(join(folder, '.dvc')).then(
    (dvc) => dvc.isDirectory(),
    () => false,
  );
  if (isProject) return folder;
  throw new DiagnosticError('no-dvc-project', {
    message: `the repository has no DVC project in ${path === '.' ? 'its root' : path}: there is no .dvc folder`,
    at: { file: url },
    fix: 'name the folder that has it with --path, or commit what `dvc init` makes',
  });
}
