import { isBreak } from './analyze.js';
import { BEST_WIDTH, type LineWriter } from './line-writer.js';

/**
 * The three ways to write a string, with ruamel.yaml's folding. `split` is false for keys, which stay on one line (a plain key
 * may still begin a line of its own).
 */
export function writePlain(writer: LineWriter, chars: readonly string[], split: boolean): void {
  if (chars.length === 0) return;
  if (!writer.whitespace) writer.put(' ');
  writer.whitespace = false;
  writer.indention = false;
  let start = 0;
  let spaces = false;
  for (let end = 0; end <= chars.length; end++) {
    const ch = chars[end];
    if (spaces) {
      if (ch !== ' ') {
        // The space before the fold was not written, but the one after a word that fills the line is: hence DVC's trailing spaces.
        if (start + 1 === end && writer.column >= BEST_WIDTH && split) continueLine(writer);
        else writer.put(chars.slice(start, end));
        start = end;
      }
    } else if (ch === undefined || ch === ' ') {
      const word = chars.slice(start, end);
      if (
        word.length + writer.column > BEST_WIDTH &&
        writer.indent !== undefined &&
        writer.column > writer.indent
      )
        writer.toIndent();
      writer.put(word);
      start = end;
    }
    if (ch !== undefined) spaces = ch === ' ';
  }
}

function continueLine(writer: LineWriter): void {
  writer.toIndent();
  writer.whitespace = false;
  writer.indention = false;
}

export function writeSingleQuoted(writer: LineWriter, chars: readonly string[], split: boolean): void {
  writer.indicator("'", true);
  let start = 0;
  let run: 'text' | 'spaces' | 'breaks' = 'text';
  for (let end = 0; end <= chars.length; end++) {
    const ch = chars[end];
    if (run === 'spaces') {
      if (ch !== ' ') {
        const fold =
          start + 1 === end && writer.column > BEST_WIDTH && split && start !== 0 && end !== chars.length;
        if (fold) writer.toIndent();
        else writer.put(chars.slice(start, end));
        start = end;
      }
    } else if (run === 'breaks') {
      if (!isBreak(ch)) {
        if (chars[start] === '\n') writer.lineBreak();
        for (const br of chars.slice(start, end)) writer.lineBreak(br);
        writer.toIndent();
        start = end;
      }
    } else if ((ch === undefined || ch === ' ' || ch === "'" || isBreak(ch)) && start < end) {
      writer.put(chars.slice(start, end));
      start = end;
    }
    if (ch === "'") {
      writer.put("''");
      start = end + 1;
    }
    if (ch !== undefined) run = ch === ' ' ? 'spaces' : isBreak(ch) ? 'breaks' : 'text';
  }
  writer.indicator("'", false);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\xa0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
};

export function writeDoubleQuoted(writer: LineWriter, chars: readonly string[], split: boolean): void {
  writer.indicator('"', true);
  let start = 0;
  for (let end = 0; end <= chars.length; end++) {
    const ch = chars[end];
    if (ch === undefined || needsEscape(ch)) {
      if (start < end) {
        writer.put(chars.slice(start, end));
        start = end;
      }
      if (ch !== undefined) {
        writer.put(escape(ch));
        start = end + 1;
      }
    }
    const room = writer.column + (end - start) <= BEST_WIDTH;
    if (!split || room || end === 0 || end >= chars.length - 1 || !(ch === ' ' || start >= end)) continue;
    const backslash = needsBackslash(chars, start, end);
    writer.put([...chars.slice(start, end), ...(backslash ? ['\\'] : [])]);
    if (start < end) start = end;
    continueLine(writer);
    if (chars[start] === ' ') {
      // A space at the start of a continued line is lost on reading: it is the fold itself, or it is escaped.
      if (backslash) writer.put('\\');
      else start += 1;
    }
  }
  writer.indicator('"', false);
}

function needsEscape(ch: string): boolean {
  if ('"\\\x85\u2028\u2029\ufeff'.includes(ch)) return true;
  const code = ch.codePointAt(0) as number;
  if (code < 0x80) return code < 0x20 || code > 0x7e;
  return code < 0xa0 || (code >= 0xd800 && code <= 0xdfff) || code === 0xfffe || code === 0xffff;
}

function escape(ch: string): string {
  const short = ESCAPES[ch];
  if (short !== undefined) return `\\${short}`;
  const code = ch.codePointAt(0) as number;
  const [letter, digits] = code <= 0xff ? ['x', 2] : code <= 0xffff ? ['u', 4] : (['U', 8] as const);
  return `\\${letter}${code.toString(16).toUpperCase().padStart(Number(digits), '0')}`;
}

/** Whether the fold at `end` would be read as a space that is not there, or would swallow one that is. */
function needsBackslash(chars: readonly string[], start: number, end: number): boolean {
  let stop = chars.indexOf(' ', end);
  if (stop < 0) return true;
  const newline = chars.indexOf('\n', end);
  if (newline >= 0 && newline < stop) stop = newline;
  const after = chars[stop + 1];
  if (after === undefined) return true;
  if (chars[stop] === '\n' && after !== ' ') return true;
  const between = chars.slice(end, stop);
  return !(
    !between.includes('"') &&
    !between.includes("'") &&
    after !== ' ' &&
    after !== '\n' &&
    !(chars[end - 1] === ' ' && chars[end] === ' ') &&
    start !== end
  );
}
