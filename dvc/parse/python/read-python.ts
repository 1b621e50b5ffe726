import { SourceError } from '../params/source-error.js';
import type { ParamKey } from '../../types.js';
import type { Mapping, Value } from '../values.js';
import { parseLiteral } from './literal.js';
import { tokenize, type LogicalLine, type Token } from './tokens.js';

interface Statement {
  readonly tokens: readonly Token[];
  readonly body: readonly Statement[];
}

/**
 * The params in a Python file, as DVC finds them without running it: literals assigned to names, in classes under the
 * class's name, and `self.name` in a class's `__init__`.
 *
 * @throws SourceError
 */
export function readPython(source: string): Mapping {
  const lines = tokenize(source);
  return collect(block(lines, { at: 0 }, 0), false);
}

/** Statements of one depth. */
function block(lines: readonly LogicalLine[], cursor: { at: number }, indent: number): Statement[] {
  const statements: Statement[] = [];
  for (let line = lines[cursor.at]; line && line.indent >= indent; line = lines[cursor.at]) {
    if (line.indent > indent)
      throw new SourceError('this line is indented further than it can be', line.offset);
    cursor.at++;
    const next = lines[cursor.at];
    const last = line.tokens.at(-1);
    if (last?.kind === 'operator' && last.text === ':') {
      if (!next || next.indent <= indent)
        throw new SourceError('an indented block is missing after this line', line.offset);
      statements.push({ tokens: line.tokens, body: block(lines, cursor, next.indent) });
      const after = lines[cursor.at];
      if (after && after.indent > indent) throw dedent(after);
    } else statements.push(...simpleStatements(line.tokens));
  }
  return statements;
}

function dedent({ offset }: LogicalLine): SourceError {
  return new SourceError('the indentation of this line fits no line above it', offset);
}

/** One line's statements: `a = 1; b = 2`, or a header with its body behind it. */
function simpleStatements(tokens: readonly Token[]): Statement[] {
  const isHeader = ['class', 'def'].includes(tokens[0]?.text ?? '');
  const colon = isHeader ? topLevel(tokens, ':') : undefined;
  if (colon !== undefined)
    return [{ tokens: tokens.slice(0, colon + 1), body: simpleStatements(tokens.slice(colon + 1)) }];
  const end = topLevel(tokens, ';');
  if (end === undefined) return tokens.length > 0 ? [{ tokens, body: [] }] : [];
  return [{ tokens: tokens.slice(0, end), body: [] }, ...simpleStatements(tokens.slice(end + 1))];
}

/** Index of the first such operator outside brackets. */
function topLevel(tokens: readonly Token[], operator: string, from = 0): number | undefined {
  let depth = 0;
  for (const [index, { kind, text }] of tokens.entries()) {
    if (kind !== 'operator') continue;
    if (depth === 0 && text === operator && index >= from) return index;
    if ('([{'.includes(text)) depth++;
    else if (')]}'.includes(text)) depth--;
  }
  return undefined;
}

function collect(statements: readonly Statement[], onlySelf: boolean): Mapping {
  const params = new Map<ParamKey, Value>();
  for (const { tokens, body } of statements) {
    const [first, second] = tokens;
    if (first?.kind === 'name' && first.text === 'class' && second)
      params.set(second.text, collect(body, false));
    else if (first?.kind === 'name' && first.text === 'def' && second?.text === '__init__')
      for (const [name, value] of collect(body, true)) params.set(name, value);
    else {
      const found = assignment(tokens, onlySelf);
      if (found) params.set(...found);
    }
  }
  return params;
}

function assignment(tokens: readonly Token[], onlySelf: boolean): [string, Value] | undefined {
  const equals = topLevel(tokens, '=');
  if (equals === undefined || topLevel(tokens, '=', equals + 1) !== undefined) return undefined;
  const annotation = topLevel(tokens, ':');
  const target = tokens.slice(0, annotation !== undefined && annotation < equals ? annotation : equals);
  const name = targetName(target, onlySelf);
  const [sign] = tokens.slice(equals);
  if (sign && equals === tokens.length - 1)
    throw new SourceError('a value is missing after this =', sign.offset);
  const value = parseLiteral(tokens.slice(equals + 1));
  return name === undefined || value === undefined ? undefined : [name, value];
}

function targetName(target: readonly Token[], onlySelf: boolean): string | undefined {
  const [first, dot, attribute] = target;
  if (first?.text === '(' && target.at(-1)?.text === ')') return targetName(target.slice(1, -1), onlySelf);
  if (first?.kind !== 'name') return undefined;
  if (target.length === 1) return onlySelf ? undefined : first.text;
  return target.length === 3 && first.text === 'self' && dot?.text === '.' ? attribute?.text : undefined;
}
