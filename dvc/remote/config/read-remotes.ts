import { dirname, isAbsolute, join, resolve } from 'node:path';
import { homedir } from 'node:os';
import { DiagnosticError } from '../../../diagnostics/index.js';
import {
  configFiles,
  parseIni,
  readIfPresent,
  shownFile,
  type ConfigLevel,
  type IniValue,
} from '../../project/index.js';

export interface RemoteSetting {
  readonly value: string;
  /** Absolute. */
  readonly file: string;
}

/** Option → value, merged over the levels. Some of them are secrets: they are not for printing. */
export type RemoteSettings = ReadonlyMap<string, RemoteSetting>;

export interface Remotes {
  /** `core.remote`. */
  readonly default: string | undefined;
  /** By name, in lower case as DVC reads it, in the order of the files. */
  readonly byName: ReadonlyMap<string, RemoteSettings>;
}

/** Options that are paths: relative ones count from the file that they stand in. */
export const PATH_OPTIONS = new Set(['url', 'credentialpath', 'configpath']);

/**
 * What the four levels of DVC's configuration say of remotes.
 *
 * @param options `level`: only this one; `replaced`: text that a file is to have, by its path
 * @throws DiagnosticError `bad-config`
 */
export function readRemotes(
  root: string,
  { level, replaced }: { readonly level?: ConfigLevel; readonly replaced?: ReadonlyMap<string, string> } = {},
): Remotes {
  let preset: string | undefined;
  const byName = new Map<string, Map<string, RemoteSetting>>();
  const files = configFiles(root);
  for (const file of level ? [files[level]] : Object.values(files)) {
    const text = replaced?.get(file) ?? readIfPresent(file);
    if (text === undefined) continue;
    for (const [section, entries] of parseIni(text, shownFile(root, file))) {
      const name = remoteName(section);
      if (section === 'core' && entries.has('remote'))
        preset = single(root, file, 'core.remote', entries.get('remote')).toLowerCase();
      if (name === undefined) continue;
      const settings = byName.get(name) ?? new Map<string, RemoteSetting>();
      byName.set(name, settings);
      for (const [option, raw] of entries) {
        const text = single(root, file, `remote.${name}.${option}`, raw);
        settings.set(option, { value: PATH_OPTIONS.has(option) ? resolvePath(file, text) : text, file });
      }
    }
  }
  return { default: preset, byName };
}

/** `remote "storage"` → `storage`. */
function remoteName(section: string): string | undefined {
  return /^\s*remote\s*"(.*)"\s*$/.exec(section)?.[1];
}

function resolvePath(file: string, path: string): string {
  if (/^\w+:\/\//.test(path) || isAbsolute(path)) return path;
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1));
  return resolve(dirname(file), path);
}

function single(root: string, file: string, key: string, value: IniValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new DiagnosticError('bad-config', {
    message: `${key} has a list as its value: a comma parts its items`,
    at: { file: shownFile(root, file) },
    fix: 'put quotes around the whole value',
  });
}
