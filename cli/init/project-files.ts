import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import { parseDocument } from 'yaml';
import type { Task } from './tasks.js';

/** A file of the new project. */
export interface ProjectFile {
  /** Relative, POSIX separators. */
  readonly path: string;
  readonly content: Buffer;
  /** A program: it begins with `#!`. */
  readonly executable?: boolean;
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
 * The finetuning template: `examples/finetuning`, with the presets and schemas of `configs/`, under what `examples/tasks/<task>` has
 * beside it or in its place. A leading underscore in a file's name stands for a dot there, since npm leaves `.gitignore` files out of
 * packages; `.template` is dropped, since a dvc.yaml in a package would be one of the stages of every project that
 * installs it.
 */
export async function templateFiles(packageRoot: string, task: Task): Promise<ProjectFile[]> {
  const presets = await filesUnder(join(packageRoot, 'configs'));
  const files = new Map<string, Buffer>();
  for (const [path, content] of await filesUnder(join(packageRoot, 'examples', 'finetuning')))
    files.set(path, content);
  for (const [path, content] of presets)
    if (path.endsWith('.yaml') || path.startsWith('schemas/'))
      files.set(posix.join('configs', path), content);
  const own = join(packageRoot, 'examples', 'tasks', task);
  if (existsSync(own)) for (const [path, content] of await filesUnder(own)) files.set(path, content);
  return [...files].map(([path, content]) => ({
    path,
    content,
    ...(content.subarray(0, 2).toString() === '#!' ? { executable: true } : {}),
  }));
}

/** A folder's files, by the names that they are laid out with. */
export async function filesUnder(folder: string): Promise<[path: string, content: Buffer][]> {
  const files: [string, Buffer][] = [];
  for (const path of await list(folder)) {
    const name = basename(path)
      .replace(/^_/, '.')
      .replace(/\.template$/, '');
    files.push([posix.join(dirname(path), name), await readFile(join(folder, path))]);
  }
  return files;
}

/** A YAML file with a change, comments and all. */
export function changed(
  file: ProjectFile,
  change: (document: ReturnType<typeof parseDocument>) => void,
): ProjectFile {
  const document = parseDocument(file.content.toString('utf8'));
  change(document);
  return { ...file, content: Buffer.from(document.toString({ lineWidth: 0, flowCollectionPadding: false })) };
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
