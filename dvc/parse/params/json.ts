import { PythonFloat, type ParamKey } from '../../types.js';
import type { Value } from '../values.js';
import { SourceError } from './source-error.js';

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;
const WORD = /true|false|null|NaN|-?Infinity/y;
const WORDS: Readonly<Record<string, Value>> = {
  true: true,
  false: false,
  null: null,
  NaN: new PythonFloat(NaN),
  Infinity: new PythonFloat(Infinity),
  '-Infinity': new PythonFloat(-Infinity),
};

/**
 * JSON as Python reads it: integers apart from floats, `NaN` and `Infinity`, mappings in their order. (`JSON.parse` loses the
 * first and the last.)
 *
 * @throws SourceError
 */
export function readJson(source: string): Value {
  const reader = new JsonReader(source);
  const value = reader.value();
  reader.end();
  return value;
}

class JsonReader {
  #at = 0;

  constructor(readonly source: string) {}

  value(): Value {
    this.#match(SPACE);
    const word = this.#match(WORD);
    if (word !== undefined) return WORDS[word] as Value;
    const char = this.source[this.#at];
    if (char === '{') return this.#mapping();
    if (char === '[') return this.#sequence();
    return char === '"' ? this.#string() : this.#number();
  }

  end(): void {
    this.#match(SPACE);
    if (this.#at < this.source.length)
      throw new SourceError('there is more after the end of the JSON value', this.#at);
  }

  #mapping(): Value {
    const mapping = new Map<ParamKey, Value>();
    this.#at++;
    if (this.#skip('}')) return mapping;
    do {
      this.#match(SPACE);
      const key = this.#string();
      if (!this.#skip(':')) throw new SourceError('a : is missing here', this.#at);
      mapping.set(key, this.value());
    } while (this.#skip(','));
    if (!this.#skip('}')) throw new SourceError('a , or } is missing here', this.#at);
    return mapping;
  }

  #sequence(): Value {
    const items: Value[] = [];
    this.#at++;
    if (this.#skip(']')) return items;
    do items.push(this.value());
    while (this.#skip(','));
    if (!this.#skip(']')) throw new SourceError('a , or ] is missing here', this.#at);
    return items;
  }

  #string(): string {
    const text = this.#match(STRING);
    if (text === undefined) throw new SourceError('a string in double quotes is missing here', this.#at);
    return JSON.parse(text) as string;
  }

  #number(): Value {
    const text = this.#match(NUMBER);
    if (text === undefined) throw new SourceError('a value is missing here', this.#at);
    if (/[.eE]/.test(text)) return new PythonFloat(Number(text));
    const value = BigInt(text);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  #skip(char: string): boolean {
    this.#match(SPACE);
    const found = this.source[this.#at] === char;
    if (found) this.#at++;
    return found;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.source)?.[0];
    if (text !== undefined) this.#at += text.length;
    return text;
  }
}
