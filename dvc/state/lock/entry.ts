import { isMap } from 'yaml';
import { compareCodePoints } from '../python/compare.js';
import { emitYaml } from '../yaml/emit.js';
import { YamlDocument } from '../../../diagnostics/index.js';
import type { LockEntry, LockedFile, ParamKey, ParamValue } from '../../types.js';
import { importState } from './import-state.js';
import { parseEntry } from './parse-entry.js';

const DEFAULT_PARAMS_FILE = 'params.yaml';

/**
 * An entry as the mapping that DVC writes: keys in DVC's order, deps and outs by path, `params.yaml` before other params files,
 * params by name.
 */
export function entryMapping(entry: LockEntry): ReadonlyMap<ParamKey, ParamValue> {
  const mapping = new Map<ParamKey, ParamValue>([['cmd', entry.cmd]]);
  if (entry.deps && entry.deps.length > 0) mapping.set('deps', filesList(entry.deps));
  const params = Object.entries(entry.params ?? {});
  if (params.length > 0) {
    const files = params.sort(([a], [b]) => paramsRank(a) - paramsRank(b) || compareCodePoints(a, b));
    mapping.set('params', new Map(files.map(([file, values]) => [file, sorted(values)])));
  }
  if (entry.outs && entry.outs.length > 0) mapping.set('outs', filesList(entry.outs));
  if (entry.imported) mapping.set('imported', new Map(Object.entries(entry.imported)));
  return mapping;
}

function paramsRank(file: string): number {
  return file === DEFAULT_PARAMS_FILE ? 0 : 1;
}

function sorted(values: Readonly<Record<string, ParamValue>>): ReadonlyMap<ParamKey, ParamValue> {
  return new Map(Object.entries(values).sort(([a], [b]) => compareCodePoints(a, b)));
}

function filesList(files: readonly LockedFile[]): ParamValue {
  return [...files].sort((a, b) => compareCodePoints(a.path, b.path)).map(fileMapping);
}

function fileMapping(file: LockedFile): ReadonlyMap<ParamKey, ParamValue> {
  const { path, hash, md5, size, nfiles, isexec } = file;
  const fields = { path, hash, md5, size, nfiles, isexec: isexec || undefined };
  return new Map(
    Object.entries(fields).filter(
      (field): field is [string, string | number | true] => field[1] !== undefined,
    ),
  );
}

/** An entry as YAML text: the form in which it crosses processes, since JSON would lose the spelling of its numbers. */
export function formatLockEntry(entry: LockEntry): string {
  return emitYaml(entryMapping(entry)).text;
}

/** @throws DiagnosticError `yaml-syntax`, `bad-lock` */
export function parseLockEntry(text: string, shownAs = 'lock entry'): LockEntry {
  const source = new YamlDocument(shownAs, text);
  const node = source.document.contents;
  const imported = isMap(node) ? node.get('imported', true) : undefined;
  if (!isMap(node) || imported === undefined) return parseEntry(source, node, []);
  node.delete('imported');
  return { ...parseEntry(source, node, []), imported: importState(imported) };
}
