import type { LockEntry, LockedFile, ParamValue } from '../../types.js';
import { plainValue } from '../yaml/values.js';
import { isMd5 } from './parse-entry.js';

/**
 * An entry read from its lines where they look simple: no quotes, no nesting in params. It is a guess, of which whoever asks makes
 * sure: written again, it has to give the same lines. That and the guess take a tenth of the time of parsing YAML.
 *
 * @param lines those below the stage's name, four spaces in
 */
export function guessEntry(lines: readonly string[]): LockEntry | undefined {
  const reader = new Lines(lines);
  const cmd = commandIn(reader);
  if (cmd === undefined) return undefined;
  const deps = filesIn(reader, 'deps');
  const params = paramsIn(reader);
  const outs = filesIn(reader, 'outs');
  if (!reader.isAtEnd || !deps || !params || !outs) return undefined;
  return {
    cmd,
    ...(deps.length > 0 && { deps }),
    ...(Object.keys(params).length > 0 && { params }),
    ...(outs.length > 0 && { outs }),
  };
}

class Lines {
  #at = 0;

  constructor(readonly lines: readonly string[]) {}

  get isAtEnd(): boolean {
    return this.#at >= this.lines.length;
  }

  /** The next line without `prefix`, if it begins with it. */
  take(prefix: string): string | undefined {
    const line = this.lines[this.#at];
    if (line?.startsWith(prefix) !== true) return undefined;
    this.#at++;
    return line.slice(prefix.length);
  }

  /** A text that may go on in further lines, each `indent` spaces in: those were folded at a space. */
  folded(first: string, indent: string): string {
    let text = first;
    for (let more = this.take(indent); more !== undefined; more = this.take(indent))
      text = `${text.trimEnd()} ${more}`;
    return text;
  }
}

function commandIn(reader: Lines): string | string[] | undefined {
  const alone = reader.take('    cmd: ');
  if (alone !== undefined) return reader.folded(alone, '      ');
  if (reader.take('    cmd:') !== '') return undefined;
  const items: string[] = [];
  for (let item = reader.take('    - '); item !== undefined; item = reader.take('    - '))
    items.push(reader.folded(item, '      '));
  return items;
}

function filesIn(reader: Lines, key: 'deps' | 'outs'): LockedFile[] | undefined {
  const files: LockedFile[] = [];
  if (reader.take(`    ${key}:`) === undefined) return files;
  for (let path = reader.take('    - path: '); path !== undefined; path = reader.take('    - path: ')) {
    const file: Record<string, string | number | true> = { path };
    for (let line = reader.take('      '); line !== undefined; line = reader.take('      ')) {
      const [, field = '', text = ''] = /^(\w+): (.+)$/.exec(line) ?? [];
      const value = fieldValue(field, text);
      if (value === undefined || field in file) return undefined;
      file[field] = value;
    }
    files.push(file as unknown as LockedFile);
  }
  return files;
}

function fieldValue(field: string, text: string): string | number | true | undefined {
  if (field === 'md5') return isMd5(text) ? text : undefined;
  if (field === 'hash') return text === 'md5' ? text : undefined;
  if (field === 'size' || field === 'nfiles') return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  return field === 'isexec' && text === 'true' ? true : undefined;
}

function paramsIn(reader: Lines): Record<string, Record<string, ParamValue>> | undefined {
  const files: [string, Record<string, ParamValue>][] = [];
  if (reader.take('    params:') === undefined) return {};
  for (let file = reader.take('      '); file !== undefined; file = reader.take('      ')) {
    if (!file.endsWith(':')) return undefined;
    const values: [string, ParamValue][] = [];
    for (let line = reader.take('        '); line !== undefined; line = reader.take('        ')) {
      const [, name, text] = /^([^:]+): (.+)$/.exec(line) ?? [];
      if (name === undefined || text === undefined) return undefined;
      values.push([name, plainValue(text)]);
    }
    files.push([file.slice(0, -1), Object.fromEntries(values)]);
  }
  return Object.fromEntries(files);
}
