import { PythonFloat, type ParamKey, type ParamValue } from '../../../dvc/types.js';

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PIECES = [
  ...'abcxyzABC019_-.:#,[]{}&*!|>%@`~=<?/+\\"\' ',
  ' ',
  ' ',
  '  ',
  '\n',
  '\n\n',
  '\t',
  '\r',
  '\0',
  '\x07',
  '\x1b',
  '\x7f',
  '\x85',
  '\xa0',
  '\u2028',
  '\ufeff',
  '\uffff',
  'é',
  'ß',
  '漢字',
  '😀',
  '\u{10ffff}',
  '\ue000',
  'word',
  'python train.py',
  ' --lr 0.1',
  ': ',
  ' #',
  '- ',
  '---',
  '...',
  'null',
  'true',
  '1e5',
  'supercalifragilisticexpialidocious',
];

const NASTY = [
  '', ' ', '~', 'null', 'Null', 'true', 'True', 'yes', 'no', 'on', '1', '-1', '007', '0o17', '0x1F', '0b1', '1_000', '1.', '.5', '._',
  '-_', '1e5', '1e-05', '.inf', '-.inf', '.nan', 'nan', 'inf', '2020-01-01', '2020-1-1 10:00:00', '2001-12-14t21:59:43.10-05:00',
  '12:30:45', '=', '<<', '!', '&', '*', '-', '--', '---', '--- a', '...', '?', ':', '?a', ':a', '-a', 'a:', 'a: b', 'a :b', 'a #b', 'a#b',
  '#a', "it's", 'say "x"', '\'"', 'a\n', '\na', 'a\nb', 'a \n b', ' a', 'a ', 'a\tb', '\t', '\n', '%a', '@a', '`a', '[a', '{a', '|', '>', 'a,b',
  '\ufeff', '\ud7ff', 'é', '😀', '\u2028', '\x85', '\x7f', '\\', '\\n', '0', '-0', '+1', '1:2', 'a'.repeat(200), 'é '.repeat(90),
  '😀 '.repeat(90), 'python src/train.py --a 1 '.repeat(12), 'x'.repeat(78) + ' y', 'x'.repeat(79) + ' y', 'x'.repeat(80) + ' y',
  `echo "${'quoted words '.repeat(14)}"`, `echo '${'it is '.repeat(30)}'`, 'line one\nline two '.repeat(12), '"'.repeat(100), "' ".repeat(80),
  '\\ '.repeat(80), '# '.repeat(60), ': '.repeat(60), 'a  b   c    '.repeat(20), 'tab\tstop '.repeat(30),
]; // prettier-ignore

const NASTY_NUMBERS = [
  0, -0, 1, -1, 0.1, 1e-5, 1.5e-5, 1e-4, 0.00012, 1e15, 1e16, 1.5e16, 123456789012345680, 1e22, 3e20, 1e100, 5e-324, 1.7976931348623157e308,
  2.5, 100, 1e21, NaN, Infinity, -Infinity, 0.30000000000000004, 1 / 3, 9007199254740993,
]; // prettier-ignore

/** Values of every kind that a params file or a command can hold, with strings that are hard to write. */
export class ValueGenerator {
  constructor(readonly random: () => number) {}

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)] as T;
  }

  string(): string {
    if (this.random() < 0.3) return this.pick(NASTY);
    const length = Math.floor(this.random() ** 2 * 60);
    return Array.from({ length }, () => this.pick(PIECES)).join('');
  }

  float(): PythonFloat {
    if (this.random() < 0.3) return new PythonFloat(this.pick(NASTY_NUMBERS));
    if (this.random() < 0.5)
      return new PythonFloat((this.random() - 0.5) * 10 ** Math.floor(this.random() * 60 - 30));
    return new PythonFloat(Number((this.random() * 1000).toFixed(Math.floor(this.random() * 5))));
  }

  scalar(): ParamValue {
    const kind = this.random();
    if (kind < 0.5) return this.string();
    if (kind < 0.7) return this.float();
    if (kind < 0.85) return Math.floor((this.random() - 0.5) * 2 ** (this.random() * 52));
    if (kind < 0.9) return 12345678901234567890n * BigInt(Math.floor(this.random() * 1e6) - 500000);
    return this.pick([null, true, false]);
  }

  /** @param shared collections made so far, which may come again as the same object */
  value(depth: number, shared: ParamValue[]): ParamValue {
    if (depth === 0 || this.random() < 0.5) return this.scalar();
    if (shared.length > 0 && this.random() < 0.05) return this.pick(shared);
    const size = Math.floor(this.random() * 4);
    const made: ParamValue =
      this.random() < 0.5
        ? Array.from({ length: size }, () => this.value(depth - 1, shared))
        : this.mapping(size, depth - 1, shared);
    shared.push(made);
    return made;
  }

  mapping(size: number, depth: number, shared: ParamValue[]): ReadonlyMap<ParamKey, ParamValue> {
    const keyed = new Map<ParamKey, ParamValue>();
    for (let i = 0; i < size; i++) {
      const key = this.random() < 0.85 ? this.string() : Math.floor(this.random() * 1000);
      keyed.set(key, this.value(depth, shared));
    }
    return keyed;
  }
}

/** A form that JSON carries to Python without loss: shared collections stay shared. */
export function encode(value: ParamValue, seen = new Map<object, number>()): unknown {
  if (value === null) return ['n'];
  if (typeof value === 'boolean') return ['b', value];
  if (typeof value === 'string') return ['s', value];
  if (typeof value === 'number' || typeof value === 'bigint') return ['i', String(value)];
  if (value instanceof PythonFloat) return ['f', Object.is(value.value, -0) ? '-0.0' : String(value.value)];
  const known = seen.get(value);
  if (known !== undefined) return ['r', known];
  seen.set(value, seen.size);
  if (Array.isArray(value)) return ['l', (value as ParamValue[]).map((item) => encode(item, seen))];
  const entries = value instanceof Map ? [...(value as Map<ParamKey, ParamValue>)] : Object.entries(value);
  return ['m', entries.map(([key, item]) => [encode(key, seen), encode(item as ParamValue, seen)])];
}

/** Python's side of {@link encode}. */
export const DECODE = `
import json, sys
def decode(v, seen):
    k = v[0]
    if k == 'n': return None
    if k in 'bs': return v[1]
    if k == 'i': return int(v[1])
    if k == 'f': return float(v[1].replace('Infinity', 'inf').replace('NaN', 'nan'))
    if k == 'r': return seen[v[1]]
    made = [] if k == 'l' else {}
    seen.append(made)
    for item in v[1]:
        if k == 'l': made.append(decode(item, seen))
        else:
            key = decode(item[0], seen)
            made[key] = decode(item[1], seen)
    return made
`;
