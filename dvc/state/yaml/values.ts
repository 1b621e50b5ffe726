import { isAlias, isMap, isScalar, isSeq, type Document, type Scalar } from 'yaml';
import { PythonFloat, type ParamKey, type ParamValue } from '../../types.js';
import { SpelledScalar, type YamlValue } from './emit.js';
import { implicitType } from './resolve.js';

/** Values of YAML nodes as ruamel.yaml reads them. An anchor and its aliases give one object. */
export class ValueReader {
  readonly #known = new Map<unknown, YamlValue>();

  /** @param spelled keep numbers and timestamps as they are spelled */
  constructor(
    readonly document: Document.Parsed,
    readonly spelled = false,
  ) {}

  read(node: unknown): YamlValue {
    const target = isAlias(node) ? node.resolve(this.document) : node;
    const known = this.#known.get(target);
    if (known !== undefined) return known;
    const value = this.#read(target);
    this.#known.set(target, value);
    return value;
  }

  #read(node: unknown): YamlValue {
    if (isScalar(node)) return this.#scalar(node);
    if (isSeq(node)) return node.items.map((item) => this.read(item));
    if (!isMap(node)) return null;
    const mapping = new Map<ParamKey | SpelledScalar, YamlValue>();
    for (const { key, value } of node.items) mapping.set(this.#key(key), this.read(value));
    return mapping;
  }

  #key(node: unknown): ParamKey | SpelledScalar {
    const value = this.read(node);
    return typeof value === 'object' &&
      value !== null &&
      !(value instanceof PythonFloat || value instanceof SpelledScalar)
      ? String(node)
      : value;
  }

  #scalar(node: Scalar): YamlValue {
    const text = node.source ?? String(node.value ?? '');
    if (node.type !== 'PLAIN') return typeof node.value === 'string' ? node.value : text;
    const type = implicitType(text);
    if (this.spelled && (type === 'int' || type === 'float' || type === 'timestamp'))
      return new SpelledScalar(text);
    return plainValue(text);
  }
}

/** A plain scalar's value. Timestamps, which DVC's params cannot hold, stay text. */
export function plainValue(text: string): Exclude<ParamValue, object> | PythonFloat {
  switch (implicitType(text)) {
    case 'null':
      return null;
    case 'bool':
      return text.toLowerCase() === 'true';
    case 'int':
      return integer(text) ?? text;
    case 'float':
      return new PythonFloat(float(text));
    default:
      return text;
  }
}

function integer(text: string): number | bigint | undefined {
  const bare = text.replaceAll('_', '');
  const negative = bare.startsWith('-');
  const digits = bare.replace(/^[-+]/, '');
  const isBased = /^0[box]/.test(digits);
  if (!(isBased ? /^0[box][0-9a-fA-F]+$/ : /^[0-9]+$/).test(digits)) return undefined;
  const size = BigInt(isBased ? digits : digits.replace(/^0+(?=.)/, ''));
  const value = negative ? -size : size;
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

function float(text: string): number {
  const bare = text.replaceAll('_', '').toLowerCase();
  if (bare.endsWith('inf')) return bare.startsWith('-') ? -Infinity : Infinity;
  return bare.endsWith('nan') ? NaN : Number(bare);
}
