import { isAbsolute, dirname, relative, resolve } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { DiagnosticError } from '../../../diagnostics/index.js';
import {
  CONFIG_LEVELS,
  EditableIni,
  configFiles,
  parseIni,
  readIfPresent,
  shownFile,
  type ConfigLevel,
} from '../../project/index.js';
import { writeBeside } from '../../state/index.js';
import type { Project } from '../../types.js';
import { PATH_OPTIONS, readRemotes } from './read-remotes.js';
import { remoteUnknown, resolveRemote } from './resolve-remote.js';
import { s3Options } from './s3-options.js';

export interface EditOptions {
  /** Default: the project's. */
  readonly level?: ConfigLevel | undefined;
  /** Relative paths count from here. */
  readonly cwd: string;
}

const section = (name: string): string => `remote "${name}"`;

/** `dvc remote add`. @throws DiagnosticError `remote-exists`, `bad-config` */
export async function addRemote(
  project: Project,
  name: string,
  url: string,
  options: EditOptions & { readonly makeDefault?: boolean; readonly force?: boolean },
): Promise<void> {
  const id = checkedName(name);
  await edit(project, options, (ini, file) => {
    if (ini.hasSection(section(id)) && !options.force) {
      throw new DiagnosticError('remote-exists', {
        message: `there is a remote ${id} already`,
        at: { file: shownFile(project.root, file) },
        fix: 'choose another name, or overwrite it with --force',
      });
    }
    ini.clearSection(section(id));
    ini.set(section(id), 'url', storedPath(url, file, options.cwd));
    if (options.makeDefault) ini.set('core', 'remote', id);
    return id;
  });
}

/** `dvc remote modify`. @param value undefined: unset it */
export async function modifyRemote(
  project: Project,
  name: string,
  option: string,
  value: string | undefined,
  options: EditOptions,
): Promise<void> {
  const id = name.toLowerCase();
  const key = option.toLowerCase();
  requireRemote(project, id);
  await edit(project, options, (ini, file) => {
    if (value === undefined) ini.unset(section(id), key);
    else ini.set(section(id), key, PATH_OPTIONS.has(key) ? storedPath(value, file, options.cwd) : value);
    return id;
  });
}

/** `dvc remote default`. @param name undefined: unset it */
export async function setDefaultRemote(
  project: Project,
  name: string | undefined,
  options: EditOptions,
): Promise<void> {
  const id = name?.toLowerCase();
  if (id !== undefined) requireRemote(project, id);
  await edit(project, options, (ini) => {
    if (id === undefined) ini.unset('core', 'remote');
    else ini.set('core', 'remote', id);
    return undefined;
  });
}

/**
 * `dvc remote remove`, at this level and those that shadow it: with what makes it the default, and with settings (such as its
 * secrets) that without a url would be an error.
 */
export async function removeRemote(project: Project, name: string, options: EditOptions): Promise<void> {
  const id = name.toLowerCase();
  await edit(project, options, (ini, file) => {
    requireSection(project, ini, id, file);
    ini.removeSection(section(id));
    return undefined;
  });
  for (const level of shadowing(options.level))
    await edit(project, { ...options, level }, (ini) => {
      if (ini.get('core', 'remote')?.toLowerCase() === id) ini.unset('core', 'remote');
      if (ini.get(section(id), 'url') === undefined) ini.removeSection(section(id));
      return undefined;
    });
}

/** `dvc remote rename`, at this level and those that shadow it. @throws DiagnosticError `remote-exists` */
export async function renameRemote(
  project: Project,
  name: string,
  to: string,
  options: EditOptions,
): Promise<void> {
  const [id, newId] = [name.toLowerCase(), checkedName(to)];
  if (readRemotes(project.root).byName.has(newId)) {
    throw new DiagnosticError('remote-exists', {
      message: `there is a remote ${newId} already`,
      fix: 'choose another name',
    });
  }
  await edit(project, options, (ini, file) => {
    requireSection(project, ini, id, file);
    ini.renameSection(section(id), section(newId));
    return undefined;
  });
  for (const level of shadowing(options.level))
    await edit(project, { ...options, level }, (ini) => {
      if (ini.get('core', 'remote')?.toLowerCase() === id) ini.set('core', 'remote', newId);
      if (ini.get(section(id), 'url') === undefined) ini.renameSection(section(id), section(newId));
      return undefined;
    });
}

/** This level and those over it. */
function shadowing(level: ConfigLevel = 'project'): readonly ConfigLevel[] {
  return CONFIG_LEVELS.slice(CONFIG_LEVELS.indexOf(level));
}

/**
 * Changes one file. Nothing is written when the result would be no configuration.
 *
 * @param change returns the remote whose settings are to be checked
 */
async function edit(
  project: Project,
  { level = 'project' }: EditOptions,
  change: (ini: EditableIni, file: string) => string | undefined,
): Promise<void> {
  const file = configFiles(project.root)[level];
  const before = readIfPresent(file) ?? '';
  parseIni(before, shownFile(project.root, file));
  const ini = new EditableIni(before);
  const name = change(ini, file);
  if (ini.text === before) return;
  const remotes = readRemotes(project.root, { replaced: new Map([[file, ini.text]]) });
  if (name !== undefined) {
    const resolved = resolveRemote(project, name, remotes);
    if (resolved.url.startsWith('s3://')) s3Options(project.root, resolved);
  }
  await mkdir(dirname(file), { recursive: true });
  // There may be secrets in what is for this user alone.
  await writeBeside(file, ini.text, before === '' && level !== 'project' ? { mode: 0o600 } : {});
}

/** A relative path is kept relative to the file that it stands in. */
function storedPath(path: string, file: string, cwd: string): string {
  if (/^\w+:\/\//.test(path) || isAbsolute(path) || path === '~' || path.startsWith('~/')) return path;
  return relative(dirname(file), resolve(cwd, path)) || '.';
}

function checkedName(name: string): string {
  if (name !== '' && !/["\]\n]/.test(name)) return name.toLowerCase();
  throw new DiagnosticError('bad-config', {
    message: `${JSON.stringify(name)} cannot be the name of a remote`,
    fix: 'use letters, digits, - and _',
  });
}

function requireRemote(project: Project, id: string): void {
  const { byName } = readRemotes(project.root);
  if (!byName.has(id)) throw remoteUnknown(id, [...byName.keys()]);
}

function requireSection(project: Project, ini: EditableIni, id: string, file: string): void {
  if (ini.hasSection(section(id))) return;
  const { byName } = readRemotes(project.root);
  if (!byName.has(id)) throw remoteUnknown(id, [...byName.keys()]);
  throw new DiagnosticError('remote-unknown', {
    message: `${shownFile(project.root, file)} has no remote ${id}: it stands in a file of another level`,
    fix: 'name that level: --local, --project, --global or --system',
  });
}
