import { SourceError } from '../params/source-error.js';
import { readString, STRING_START } from './string-literal.js';

export interface Token {
  readonly kind: 'name' | 'number' | 'operator' | 'string' | 'bytes' | 'template';
  /** As spelled; a string's value. Templates are f-strings. */
  readonly text: string;
  readonly offset: number;
}

/** What Python calls a logical line: it may span several lines of text. */
export interface LogicalLine {
  readonly indent: number;
  readonly tokens: readonly Token[];
  readonly offset: number;
}

const TAB = 8;
const NUMBER =
  /(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d[\d_]*)?[jJ]?)/y;
const NAME = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
const OPERATOR =
  /(?:\*\*=|\/\/=|>>=|<<=|\.\.\.|->|:=|[=!<>]=|[-+*/%&|^@]=|\*\*|\/\/|<<|>>|[-+*/%&|^~<>()[\]{},:.;@=!])/y;

/** Cuts Python source into logical lines of tokens. @throws SourceError */
export function tokenize(source: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let at = source.startsWith('\uFEFF') ? 1 : 0;
  while (at < source.length) {
    let indent = 0;
    const start = at;
    for (; ' \t\f'.includes(source[at] ?? '\n'); at++)
      indent = source[at] === '\t' ? indent + TAB - (indent % TAB) : source[at] === '\f' ? 0 : indent + 1;
    const { tokens, end } = readLine(source, at);
    if (tokens.length > 0) lines.push({ indent, tokens, offset: start });
    at = end;
  }
  return lines;
}

function readLine(source: string, start: number): { tokens: Token[]; end: number } {
  const tokens: Token[] = [];
  const brackets: { readonly char: string; readonly offset: number }[] = [];
  let at = start;
  while (at < source.length) {
    const char = source[at] as string;
    if (char === '\n' && brackets.length === 0) return { tokens, end: at + 1 };
    if (/\s/.test(char)) at++;
    else if (char === '#') while (at < source.length && source[at] !== '\n') at++;
    else if (char === '\\' && /^\\\r?\n/.test(source.slice(at, at + 3))) at = source.indexOf('\n', at) + 1;
    else if (match(STRING_START, source, at) !== undefined) {
      const { kind, value, end } = readString(source, at);
      tokens.push({ kind, text: value, offset: at });
      at = end;
    } else {
      const token = readToken(source, at);
      if ('([{'.includes(token.text)) brackets.push({ char: token.text, offset: at });
      if (token.kind === 'operator' && ')]}'.includes(token.text)) {
        const open = brackets.pop();
        if (!open || '([{'.indexOf(open.char) !== ')]}'.indexOf(token.text))
          throw new SourceError(`${token.text} closes nothing`, at);
      }
      tokens.push(token);
      at += token.text.length;
    }
  }
  const open = brackets.at(-1);
  if (open) throw new SourceError(`${open.char} is never closed`, open.offset);
  return { tokens, end: at };
}

function readToken(source: string, offset: number): Token {
  for (const [kind, pattern] of [
    ['number', NUMBER],
    ['name', NAME],
    ['operator', OPERATOR],
  ] as const) {
    const text = match(pattern, source, offset);
    if (text !== undefined) return { kind, text, offset };
  }
  throw new SourceError(`${source[offset]} has no meaning here`, offset);
}

function match(pattern: RegExp, source: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(source)?.[0];
}
