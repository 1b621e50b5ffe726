import { DiagnosticError } from '../../../diagnostics/index.js';
import { readLines } from '../rows/read-lines.js';
import { fieldsOf, type RawRecord } from './record-reader.js';

/**
 * The elements of a .json file that is a list, one at a time: memory holds one of them, not the list.
 *
 * @throws DiagnosticError `json-syntax` with file and line
 */
export async function* readJsonArray(path: string, file: string): AsyncGenerator<RawRecord> {
  let state = 'before' as 'before' | 'between' | 'inside' | 'after';
  let parts: string[] = [];
  let depth = 0;
  let [quoted, escaped] = [false, false];
  let start = 0;
  let last = 0;
  const wrong = (message: string, line: number): DiagnosticError =>
    new DiagnosticError('json-syntax', {
      message,
      at: { file, line },
      expected: 'a list of records: [{…}, {…}]',
      fix: 'correct the file; one record a line belongs into a .jsonl file',
    });
  const element = (line: number, bytes: number): RawRecord => {
    const text = parts.join('');
    parts = [];
    try {
      return { ...fieldsOf(JSON.parse(text)), line: start, bytes };
    } catch (cause) {
      throw wrong(`this record is not valid JSON: ${(cause as Error).message}`, start || line);
    }
  };
  for await (const { text, number, bytes } of readLines(path, file)) {
    last = number;
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const character = text[at] as string;
      if (quoted) {
        if (escaped) escaped = false;
        else if (character === '\\') escaped = true;
        else if (character === '"') quoted = false;
        continue;
      }
      if (/\s/.test(character)) continue;
      if (state === 'before' || state === 'after') {
        if (state === 'after' || character !== '[') throw wrong('this is not a list of records', number);
        state = 'between';
        from = at + 1;
        continue;
      }
      if (depth === 0 && (character === ',' || character === ']')) {
        if (state === 'inside') {
          parts.push(text.slice(from, at));
          yield element(number, bytes);
        }
        state = character === ']' ? 'after' : 'between';
        from = at + 1;
        continue;
      }
      if (state === 'between') [state, start, from] = ['inside', number, at];
      if (character === '"') quoted = true;
      else if (character === '{' || character === '[') depth++;
      else if (character === '}' || character === ']') depth--;
    }
    if (state === 'inside') parts.push(text.slice(from), '\n');
  }
  if (state !== 'after') throw wrong('this list has no end', last);
}
