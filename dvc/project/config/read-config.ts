import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { LinkType, ProjectConfig } from '../../types.js';
import { configFiles } from './folders.js';
import { parseIni, type IniValue } from './ini.js';
import { refuseUnknown, type WrittenSetting } from './refuse-unknown.js';

interface Setting {
  readonly value: IniValue;
  readonly file: string;
}

export interface ConfigOptions {
  /** Settings that DVC does not know are no error. */
  readonly passUnknown?: boolean;
}

const LINK_TYPES: readonly LinkType[] = ['reflink', 'hardlink', 'symlink', 'copy'];

/**
 * Merges DVC's four levels of configuration, later ones over earlier: system, user, project, local.
 *
 * @throws DiagnosticError `bad-config`
 */
export function readConfig(root: string, { passUnknown = false }: ConfigOptions = {}): ProjectConfig {
  const settings = new Map<string, Setting>();
  const written: WrittenSetting[] = [];
  for (const file of Object.values(configFiles(root))) {
    const text = readIfPresent(file);
    if (text === undefined) continue;
    for (const [section, entries] of parseIni(text, shownFile(root, file), (line) => written.push(line)))
      for (const [key, value] of entries) settings.set(`${section}.${key}`, { value, file });
  }
  if (!passUnknown) refuseUnknown(written, (section) => settings.get(`${section}.url`)?.value.toString());
  const choose = chooser(root, settings);
  return {
    cacheDir: cacheFolder(root, settings.get('cache.dir')),
    cacheTypes: linkTypes(root, settings.get('cache.type')),
    sharedGroup: choose('cache.shared', ['group'], undefined) === 'group',
    parsingBool: choose('parsing.bool', ['store_true', 'boolean_optional'], 'store_true'),
    parsingList: choose('parsing.list', ['nargs', 'append'], 'nargs'),
    autostage: choose('core.autostage', ['true', 'false'], 'false') === 'true',
    noScm: choose('core.no_scm', ['true', 'false'], 'false') === 'true',
  };
}

/** One of a closed set of words, in any case of letters. */
function chooser(root: string, settings: ReadonlyMap<string, Setting>) {
  return <T extends string, D extends T | undefined>(
    key: string,
    allowed: readonly T[],
    fallback: D,
  ): T | D => {
    const setting = settings.get(key);
    if (!setting) return fallback;
    const word = String(setting.value).toLowerCase();
    const match = allowed.find((candidate) => candidate === word);
    if (match !== undefined) return match;
    throw badSetting(root, key, setting, `one of ${allowed.join(', ')}`);
  };
}

/** A relative folder counts from the file that names it. */
function cacheFolder(root: string, setting: Setting | undefined): string {
  if (!setting) return join(root, '.dvc/cache');
  const path = String(setting.value);
  if (isAbsolute(path)) return path;
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1));
  return resolve(dirname(setting.file), path);
}

function linkTypes(root: string, setting: Setting | undefined): readonly LinkType[] {
  if (!setting) return ['reflink', 'copy'];
  const words = typeof setting.value === 'string' ? setting.value.split(',') : setting.value;
  return words.map((word) => {
    const type = LINK_TYPES.find((candidate) => candidate === word.trim());
    if (type === undefined) throw badSetting(root, 'cache.type', setting, `any of ${LINK_TYPES.join(', ')}`);
    return type;
  });
}

function badSetting(root: string, key: string, { value, file }: Setting, expected: string): DiagnosticError {
  return new DiagnosticError('bad-config', {
    message: `${key} has a value that DVC does not know`,
    at: { file: shownFile(root, file) },
    expected,
    found: String(value),
    fix: `correct it, for example with: dvc config ${key} <value>`,
  });
}

export function shownFile(root: string, file: string): string {
  return file.startsWith(`${root}/`) ? relative(root, file) : file;
}

/** The text of a configuration file that need not be there. */
export function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
