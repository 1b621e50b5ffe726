import { SourceError } from '../params/source-error.js';

/** Where a string begins, prefix and quotes included. */
export const STRING_START = /([rRuUbBfFtT]{0,2})("""|'''|"|')/y;

interface StringLiteral {
  readonly kind: 'string' | 'bytes' | 'template';
  readonly value: string;
  readonly end: number;
}

/** Reads the string that begins at `start`. @throws SourceError */
export function readString(source: string, start: number): StringLiteral {
  STRING_START.lastIndex = start;
  const [opening = '', prefix = '', quote = '"'] = STRING_START.exec(source) ?? [];
  let at = start + opening.length;
  const from = at;
  while (!source.startsWith(quote, at)) {
    const char = source[at];
    if (char === undefined || (char === '\n' && quote.length === 1))
      throw new SourceError('this string is never closed', start);
    at += char === '\\' ? 2 : 1;
  }
  const body = source.slice(from, at).replace(/\r\n?/g, '\n');
  const end = at + quote.length;
  if (/b/i.test(prefix)) return { kind: 'bytes', value: body, end };
  if (/[ft]/i.test(prefix)) return { kind: 'template', value: body, end };
  return { kind: 'string', value: /r/i.test(prefix) ? body : unescape(body, start), end };
}

const ESCAPE = /\\(\n|[\\'"abfnrtv]|[0-7]{1,3}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[NxuU])/g;
const SINGLE: Readonly<Record<string, string>> = {
  '\n': '',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function unescape(body: string, start: number): string {
  return body.replace(ESCAPE, (_, code: string) => {
    if (code in SINGLE) return SINGLE[code] as string;
    if (/^[0-7]/.test(code)) return String.fromCodePoint(parseInt(code, 8));
    if (!/^[xuU]/.test(code)) return code;
    const point = parseInt(code.slice(1), 16);
    if (code.length === 1 || point > 0x10ffff)
      throw new SourceError('this string has an escape that is cut off', start);
    return String.fromCodePoint(point);
  });
}
