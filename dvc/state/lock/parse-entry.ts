import { isMap, isScalar, isSeq } from 'yaml';
import { DiagnosticError, type YamlDocument, type YamlPath } from '../../../diagnostics/index.js';
import type { LockEntry, LockedFile, Md5, ParamValue } from '../../types.js';
import { ValueReader, plainValue } from '../yaml/values.js';

const ENTRY_KEYS = ['cmd', 'deps', 'params', 'outs'];

/**
 * Reads one stage of a dvc.lock, or a run-cache file, from its node. What another tool or a newer DVC adds to a file's record
 * (`cloud`, `etag`) is left aside.
 *
 * @throws DiagnosticError `bad-lock`, located
 */
export function parseEntry(source: YamlDocument, node: unknown, path: YamlPath): LockEntry {
  const fail = failure(source);
  if (!isMap(node)) throw fail(path, 'a stage is a mapping with the key cmd');
  const unknown = node.items.map(({ key }) => scalarText(key)).find((key) => !ENTRY_KEYS.includes(key));
  if (unknown !== undefined) throw fail([...path, unknown], `${unknown} is not a key of a locked stage`);
  const values = new ValueReader(source.document);
  const cmd = values.read(node.get('cmd', true));
  const isText = typeof cmd === 'string';
  if (!isText && !(Array.isArray(cmd) && cmd.every((line) => typeof line === 'string')))
    throw fail([...path, 'cmd'], 'cmd is a text or a list of texts');
  const deps = parseFiles(source, node.get('deps', true), [...path, 'deps']);
  const outs = parseFiles(source, node.get('outs', true), [...path, 'outs']);
  const params = parseParams(source, values, node.get('params', true), [...path, 'params']);
  return {
    cmd: cmd as string | string[],
    ...(deps && { deps }),
    ...(params && { params }),
    ...(outs && { outs }),
  };
}

/** The records under `deps` or `outs`, of a dvc.lock or a `.dvc` file. */
export function parseFiles(source: YamlDocument, node: unknown, path: YamlPath): LockedFile[] | undefined {
  if (node === undefined || (isScalar(node) && node.value === null)) return undefined;
  if (!isSeq(node)) throw failure(source)(path, 'it is a list of files');
  return node.items.map((item, index) => parseFile(source, item, [...path, index]));
}

function parseFile(source: YamlDocument, node: unknown, path: YamlPath): LockedFile {
  const fail = failure(source);
  if (!isMap(node)) throw fail(path, 'a file is a mapping with the key path');
  const field = (key: string) => {
    const value = node.get(key, true);
    return value === undefined ? undefined : scalarText(value);
  };
  const file = field('path');
  if (file === undefined || file === '' || file.includes('\0'))
    throw fail([...path, 'path'], 'path is a text');
  const number = (key: string) => {
    const text = field(key);
    if (text === undefined || text === '') return undefined;
    const value = plainValue(text);
    if (typeof value !== 'number' || value < 0) throw fail([...path, key], `${key} is a whole number`);
    return value;
  };
  const hash = field('hash');
  if (hash !== undefined && hash !== 'md5')
    throw fail([...path, 'hash'], `hash ${hash} is not supported: only md5 is`);
  const md5 = field('md5')?.toLowerCase() || undefined;
  if (md5 !== undefined && !isMd5(md5))
    throw fail([...path, 'md5'], 'md5 is 32 hexadecimal digits, with .dir for a directory');
  const size = number('size');
  const nfiles = number('nfiles');
  return {
    path: file,
    ...(hash !== undefined && { hash }),
    ...(md5 !== undefined && { md5 }),
    ...(size !== undefined && { size }),
    ...(nfiles !== undefined && { nfiles }),
    ...(field('isexec') === 'true' && { isexec: true as const }),
  };
}

export function isMd5(text: string): text is Md5 {
  return /^[0-9a-f]{32}(\.dir)?$/.test(text);
}

function parseParams(
  source: YamlDocument,
  values: ValueReader,
  node: unknown,
  path: YamlPath,
): Record<string, Record<string, ParamValue>> | undefined {
  if (node === undefined || (isScalar(node) && node.value === null)) return undefined;
  if (!isMap(node)) throw failure(source)(path, 'params is a mapping of files');
  const files = node.items.map(({ key, value }): [string, Record<string, ParamValue>] => {
    const file = scalarText(key);
    if (!isMap(value))
      throw failure(source)([...path, file], 'a params file is a mapping of names and values');
    const params = value.items.map((pair): [string, ParamValue] => [
      scalarText(pair.key),
      values.read(pair.value) as ParamValue,
    ]);
    return [file, fromEntries(params)];
  });
  return fromEntries(files);
}

/** Unlike an object literal's, a key `__proto__` stays a key. */
function fromEntries<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries(entries);
}

export function scalarText(node: unknown): string {
  if (!isScalar(node)) return String(node);
  return node.type === 'PLAIN' && node.source !== undefined ? node.source : String(node.value ?? '');
}

function failure(source: YamlDocument) {
  return (path: YamlPath, message: string): DiagnosticError =>
    new DiagnosticError('bad-lock', {
      message: `${path.join('.') || 'entry'}: ${message}`,
      at: source.locate(path),
      fix: 'restore the file from git, or delete the entry so that the stage is run again',
    });
}
