import { readFile, readdir } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';

/** A file of the new project. */
export interface ProjectFile {
  /** Relative, POSIX separators. */
  readonly path: string;
  readonly content: Buffer;
  /** Belongs to the user as soon as it is there: never replaced, not even by force. */
  readonly keep?: boolean;
}

/** What `dvc init` writes. Without git, DVC must be told so. */
export function dvcFiles(withGit: boolean): ProjectFile[] {
  const config = withGit ? '' : '[core]\n    no_scm = True\n';
  const files: ProjectFile[] = [{ path: '.dvc/config', content: Buffer.from(config), keep: true }];
  if (withGit)
    files.push({
      path: '.dvc/.gitignore',
      content: Buffer.from('/config.local\n/tmp\n/cache\n'),
      keep: true,
    });
  return files;
}

/**
 * The finetuning template: `examples/finetuning`, with the presets of `configs/`. A leading underscore in a file's name
 * stands for a dot there, since npm leaves `.gitignore` files out of packages; `.template` is dropped, since a dvc.yaml in a
 * package would be one of the stages of every project that installs it.
 */
export async function templateFiles(packageRoot: string): Promise<ProjectFile[]> {
  const template = join(packageRoot, 'examples', 'finetuning');
  const files: ProjectFile[] = [];
  for (const path of await list(template)) {
    const name = basename(path)
      .replace(/^_/, '.')
      .replace(/\.template$/, '');
    files.push({
      path: posix.join(dirname(path), name),
      content: await readFile(join(template, path)),
    });
  }
  const presets = join(packageRoot, 'configs');
  for (const path of await list(presets))
    if (path.endsWith('.yaml'))
      files.push({ path: posix.join('configs', path), content: await readFile(join(presets, path)) });
  return files;
}

async function list(folder: string, prefix = ''): Promise<string[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true });
  const paths = await Promise.all(
    entries.map((entry) => {
      const path = posix.join(prefix, entry.name);
      return entry.isDirectory() ? list(folder, path) : [path];
    }),
  );
  return paths.flat().sort();
}
