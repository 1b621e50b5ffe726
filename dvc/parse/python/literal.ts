import { PythonFloat, type ParamKey } from '../../types.js';
import { Unstorable, isMapping, isSequence, type Scalar, type Value } from '../values.js';
import type { Token } from './tokens.js';

/** What Python's `ast.literal_eval` refuses; DVC skips the assignment. */
class NotLiteral extends Error {}

/** The value of an expression that is a literal, undefined for any other. */
export function parseLiteral(tokens: readonly Token[]): Value | undefined {
  try {
    return new LiteralParser(tokens).parse();
  } catch (error) {
    if (error instanceof NotLiteral) return undefined;
    throw error;
  }
}

class LiteralParser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Value {
    const value = this.#items(undefined, () => this.#value());
    if (this.#at < this.#tokens.length) throw new NotLiteral();
    return value;
  }

  /** What stands between parentheses, or at the top: a comma makes a tuple of it. */
  #items(close: string | undefined, item: () => Value): Value {
    const items: Value[] = [];
    let isTuple = false;
    while (!this.#isAt(close)) {
      items.push(item());
      if (!this.#skip(',')) break;
      isTuple = true;
    }
    if (close !== undefined) this.#expect(close);
    if (isTuple || (items.length === 0 && close !== undefined)) return items;
    const only = items[0];
    if (only === undefined) throw new NotLiteral();
    return only;
  }

  #value(): Value {
    const token = this.#next();
    switch (token.kind) {
      case 'number':
        return parseNumber(token.text);
      case 'string':
        return this.#concatenated(token.text);
      case 'bytes':
        return new Unstorable('bytes', token.text);
      case 'name':
        return token.text === 'set' ? this.#emptySet() : constant(token.text);
      case 'operator':
        return this.#compound(token.text);
      default:
        throw new NotLiteral();
    }
  }

  #concatenated(first: string): string {
    let value = first;
    while (this.#tokens[this.#at]?.kind === 'string') value += this.#next().text;
    if (['template', 'bytes'].includes(this.#tokens[this.#at]?.kind ?? '')) throw new NotLiteral();
    return value;
  }

  #compound(operator: string): Value {
    switch (operator) {
      case '(':
        return this.#items(')', () => this.#value());
      case '[':
        return this.#list(']');
      case '{':
        return this.#dictOrSet();
      case '-':
      case '+':
        return this.#signed(operator);
      case '...':
        return new Unstorable('ellipsis', operator);
      default:
        throw new NotLiteral();
    }
  }

  #list(close: string): Value[] {
    const items: Value[] = [];
    while (!this.#isAt(close)) {
      items.push(this.#value());
      if (!this.#skip(',')) break;
    }
    this.#expect(close);
    return items;
  }

  #dictOrSet(): Value {
    const mapping = new Map<ParamKey, Value>();
    if (this.#skip('}')) return mapping;
    const first = this.#at;
    this.#value();
    const isSet = !this.#isAt(':');
    this.#at = first;
    if (isSet) {
      this.#list('}');
      return new Unstorable('set', this.#spelling(first));
    }
    while (!this.#isAt('}')) {
      const key = this.#value();
      this.#expect(':');
      const value = this.#value();
      if (isMapping(key) || isSequence(key) || key instanceof Unstorable) throw new NotLiteral();
      mapping.set(key, value);
      if (!this.#skip(',')) break;
    }
    this.#expect('}');
    return mapping;
  }

  #emptySet(): Value {
    this.#expect('(');
    this.#expect(')');
    return new Unstorable('set', 'set()');
  }

  #signed(operator: string): Value {
    if (this.#isAt('-') || this.#isAt('+')) throw new NotLiteral();
    const value = this.#value();
    const isNegative = operator === '-';
    if (value instanceof Unstorable && value.type === 'complex') return value;
    if (value instanceof PythonFloat) return isNegative ? new PythonFloat(-value.value) : value;
    if (typeof value === 'number') return isNegative ? 0 - value : value;
    if (typeof value === 'bigint') return isNegative ? -value : value;
    throw new NotLiteral();
  }

  #spelling(first: number): string {
    return this.#tokens
      .slice(first, this.#at)
      .map(({ text }) => text)
      .join(' ');
  }

  #next(): Token {
    const token = this.#tokens[this.#at++];
    if (!token) throw new NotLiteral();
    return token;
  }

  #isAt(operator: string | undefined): boolean {
    const token = this.#tokens[this.#at];
    return operator === undefined
      ? token === undefined
      : token?.kind === 'operator' && token.text === operator;
  }

  #skip(operator: string): boolean {
    const found = this.#isAt(operator);
    if (found) this.#at++;
    return found;
  }

  #expect(operator: string): void {
    if (!this.#skip(operator)) throw new NotLiteral();
  }
}

function constant(name: string): Scalar {
  switch (name) {
    case 'True':
      return true;
    case 'False':
      return false;
    case 'None':
      return null;
    default:
      throw new NotLiteral();
  }
}

function parseNumber(spelled: string): Scalar {
  const text = spelled.replaceAll('_', '').toLowerCase();
  if (text.endsWith('j')) return new Unstorable('complex', spelled);
  const isInteger = /^(?:0[xob][\da-f]+|\d+)$/.test(text);
  if (!isInteger) return new PythonFloat(Number(text));
  const value = BigInt(text);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
