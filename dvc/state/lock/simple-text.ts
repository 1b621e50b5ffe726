import { PythonFloat, type LockEntry, type LockedFile, type ParamValue } from '../../types.js';
import { compareCodePoints } from '../python/compare.js';
import { floatRepr } from '../python/number.js';
import { BEST_WIDTH } from '../yaml/line-writer.js';
import { implicitType } from '../yaml/resolve.js';

/** Characters of one column that never need quotes: no `: `, no ` #`, no two spaces, nothing that has a meaning at the start. */
const SIMPLE = /^[A-Za-z0-9_./](?:[\w./@=+,;|>&<$(){}*?"'~^!%-]| (?! )|[:](?=[^\s]))*$/;
const MD5 = /^[0-9a-f]{32}(?:\.dir)?$/;

/**
 * A stage's lines as `emitYaml` gives them, where no text needs quotes, as in nearly all: without looking at each character.
 *
 * @returns undefined for any other: it is left to `emitYaml`
 */
export function simpleText(name: string, entry: LockEntry): string | undefined {
  if (entry.imported || !isKey(name)) return undefined;
  const cmd = cmdLines(entry.cmd);
  const deps = filesLines('deps', entry.deps);
  const params = paramsLines(entry.params);
  const outs = filesLines('outs', entry.outs);
  if (cmd === undefined || deps === undefined || params === undefined || outs === undefined) return undefined;
  return `  ${name}:\n${cmd}${deps}${params}${outs}`;
}

function cmdLines(cmd: LockEntry['cmd']): string | undefined {
  if (typeof cmd === 'string') return textLine('    cmd:', cmd, 6);
  if (cmd.length === 0) return undefined;
  let lines = '    cmd:\n';
  for (const item of cmd) {
    const line = textLine('    -', item, 6);
    if (line === undefined) return undefined;
    lines += line;
  }
  return lines;
}

function filesLines(key: 'deps' | 'outs', files: readonly LockedFile[] | undefined): string | undefined {
  if (!files || files.length === 0) return '';
  let lines = `    ${key}:\n`;
  const sorted = files.length === 1 ? files : [...files].sort((a, b) => compareCodePoints(a.path, b.path));
  for (const { path, hash, md5, size, nfiles, isexec } of sorted) {
    const line = textLine('    - path:', path, 8);
    if (line === undefined || (md5 !== undefined && (!MD5.test(md5) || implicitType(md5) !== 'str')))
      return undefined;
    lines += line;
    if (hash !== undefined) lines += `      hash: ${hash}\n`;
    if (md5 !== undefined) lines += `      md5: ${md5}\n`;
    if (size !== undefined) lines += `      size: ${size}\n`;
    if (nfiles !== undefined) lines += `      nfiles: ${nfiles}\n`;
    if (isexec) lines += '      isexec: true\n';
  }
  return lines;
}

function paramsLines(params: LockEntry['params']): string | undefined {
  const files = Object.entries(params ?? {});
  if (files.length === 0) return '';
  // More files are in an order of their own.
  if (files.length > 1) return undefined;
  const [[file, values]] = files as [[string, Readonly<Record<string, ParamValue>>]];
  if (!isKey(file)) return undefined;
  const entries = Object.entries(values).sort(([a], [b]) => compareCodePoints(a, b));
  if (entries.length === 0) return undefined;
  let lines = `    params:\n      ${file}:\n`;
  for (const [name, value] of entries) {
    if (!isKey(name)) return undefined;
    const head = `        ${name}:`;
    const line = typeof value === 'string' ? textLine(head, value, 10) : valueLine(head, value);
    if (line === undefined) return undefined;
    lines += line;
  }
  return lines;
}

function isKey(text: string): boolean {
  return /^[A-Za-z_][\w./@-]{0,99}$/.test(text) && implicitType(text) === 'str';
}

function valueLine(head: string, value: ParamValue): string | undefined {
  const text =
    value instanceof PythonFloat && Number.isFinite(value.value)
      ? floatRepr(value.value)
      : typeof value === 'boolean' || Number.isSafeInteger(value)
        ? String(value)
        : undefined;
  return text === undefined || head.length + text.length >= BEST_WIDTH ? undefined : `${head} ${text}\n`;
}

/** A string after `head`, folded as ruamel.yaml does it, which counts from the word that no longer fits. */
function textLine(head: string, text: string, indent: number): string | undefined {
  if (!SIMPLE.test(text) || text.endsWith(' ') || implicitType(text) !== 'str') return undefined;
  if (text.startsWith('...')) return undefined;
  let column = head.length + 1;
  if (column + text.length <= BEST_WIDTH) return `${head} ${text}\n`;
  const fold = `\n${' '.repeat(indent)}`;
  let lines = `${head} `;
  let isFirst = true;
  for (const word of text.split(' ')) {
    if (!isFirst) {
      if (column >= BEST_WIDTH) {
        lines += fold;
        column = indent;
      } else {
        lines += ' ';
        column++;
      }
    }
    isFirst = false;
    if (word.length + column > BEST_WIDTH && column > indent) {
      lines += fold;
      column = indent;
    }
    lines += word;
    column += word.length;
  }
  return `${lines}\n`;
}
