import { existsSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DiagnosticError, type Location } from '../../diagnostics/index.js';
import { enableTypeScript } from './enable-typescript.js';

/** A file of the user's, as a configuration names it. */
export interface UserFile {
  /** As it is written there, relative to the project. */
  readonly path: string;
  readonly projectDir: string;
  /** The setting that names it: `finetuning.callbacks`. */
  readonly setting: string;
  /** Of what is refused: `bad-callback`. */
  readonly code: string;
  /** Where it is named. */
  readonly at?: Location | undefined;
}

/**
 * What the file's exported function of this name gives for these arguments.
 *
 * @param kind what it should be
 * @throws DiagnosticError `code` for a path outside of the project, a file that is not there, cannot be loaded or exports
 *   no function of that name, one that throws, or gives something else
 */
export async function createFromFile<T>(
  file: UserFile,
  name: string,
  args: readonly unknown[],
  kind: { readonly is: (value: unknown) => value is T; readonly described: string },
): Promise<T> {
  const module = await load(file);
  const create = module[name];
  if (typeof create !== 'function')
    throw refused(
      file,
      `it exports no function ${name}`,
      `export function ${name}(…) that gives ${kind.described}`,
    );
  let made: unknown;
  try {
    made = await (create as (...args: readonly unknown[]) => unknown)(...args);
  } catch (cause) {
    throw refused(file, `${name} failed: ${messageOf(cause)}`, 'correct it, or what it is given', cause);
  }
  if (kind.is(made)) return made;
  throw refused(file, `${name} gives no ${kind.described.replace(/^an? /, '')}`, `give ${kind.described}`);
}

/**
 * The file's absolute path.
 *
 * @throws DiagnosticError `code`
 */
export function pathOf(file: UserFile): string {
  const { path, projectDir } = file;
  const absolute = resolve(projectDir, path);
  if (relative(projectDir, absolute).split(sep)[0] === '..')
    throw refused(file, 'it lies outside of the project', 'name a file inside of the project');
  if (!existsSync(absolute)) throw refused(file, 'there is no such file', `add ${join(projectDir, path)}`);
  return absolute;
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

async function load(file: UserFile): Promise<Record<string, unknown>> {
  const absolute = pathOf(file);
  if (/\.m?ts$/.test(file.path) && !enableTypeScript())
    throw refused(
      file,
      `Node ${process.version} does not run TypeScript`,
      'take Node 20.6 or newer, or compile the file and name the .js',
    );
  try {
    return (await import(pathToFileURL(absolute).href)) as Record<string, unknown>;
  } catch (cause) {
    throw refused(file, `it cannot be loaded: ${messageOf(cause)}`, 'correct the file', cause);
  }
}

function refused(file: UserFile, problem: string, fix: string, cause?: unknown): DiagnosticError {
  return new DiagnosticError(file.code, {
    message: `${file.setting}: ${file.path}: ${problem}`,
    ...(file.at === undefined ? {} : { at: file.at }),
    found: file.path,
    fix,
    cause,
  });
}
