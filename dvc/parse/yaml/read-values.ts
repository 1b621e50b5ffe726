import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Document,
  type Scalar as YamlScalar,
  type YAMLMap,
} from 'yaml';
import { PythonFloat, type ParamKey } from '../../types.js';
import { implicitType } from '../../state/yaml/resolve.js';
import { plainValue } from '../../state/yaml/values.js';
import { Unstorable, isMapping, isSequence, type Mapping, type Scalar, type Value } from '../values.js';

/** Why a file that is valid YAML cannot be read, and where. */
export class UnreadableYaml extends Error {
  constructor(
    message: string,
    /** Into the file's text. */
    readonly offset: number,
  ) {
    super(message);
  }
}

const CORE_TAG = 'tag:yaml.org,2002:';
const STRUCTURE_TAGS = new Set([undefined, `${CORE_TAG}map`, `${CORE_TAG}seq`]);

/** Aliases of aliases can stand for more values than fit in memory. No file that a person wrote has as many as this. */
const MOST_VALUES = 10_000_000;

/**
 * The values of a document, as ruamel.yaml's safe loader gives them: scalars by its rules for YAML 1.2, merge keys applied, an
 * anchor and its aliases as one value.
 *
 * @throws UnreadableYaml
 */
export function readValues(document: Document.Parsed): Value {
  const known = new Map<unknown, Value>();
  const open = new Set<unknown>();
  /** Values that each node stands for, its aliases written out. */
  const sizes = new Map<unknown, number>();
  let count = 0;

  const read = (node: unknown): Value => {
    const target = isAlias(node) ? node.resolve(document) : node;
    if (isAlias(node) && target === undefined)
      throw new UnreadableYaml(`nothing is called &${node.source}`, offsetOf(node));
    const start = count;
    count += sizes.get(target) ?? 1;
    if (count > MOST_VALUES)
      throw new UnreadableYaml('its aliases stand for too many values', offsetOf(node));
    const before = known.get(target);
    if (before !== undefined) return before;
    if (open.has(target)) throw new UnreadableYaml('an alias refers to what it is part of', offsetOf(node));
    open.add(target);
    const value = readNew(target);
    open.delete(target);
    known.set(target, value);
    sizes.set(target, count - start);
    return value;
  };

  const readNew = (node: unknown): Value => {
    if (isScalar(node)) return readScalar(node);
    if (!isSeq(node) && !isMap(node)) return null;
    if (node.tag === `${CORE_TAG}set`) return new Unstorable('set', String(node));
    if (!STRUCTURE_TAGS.has(node.tag)) throw unknownTag(node.tag, node);
    return isSeq(node) ? node.items.map(read) : readMapping(node);
  };

  const readMapping = (map: YAMLMap): Mapping => {
    const mapping = new Map<ParamKey, Value>();
    const isMerge = (key: unknown) => isScalar(key) && key.type === 'PLAIN' && key.source === '<<';
    for (const { key, value } of map.items) {
      if (!isMerge(key)) continue;
      const merged = read(value);
      for (const part of isSequence(merged) ? merged.toReversed() : [merged]) {
        if (!isMapping(part))
          throw new UnreadableYaml('<< takes a mapping or a list of mappings', offsetOf(key));
        for (const [name, item] of part) mapping.set(name, item);
      }
    }
    const own = new Set<unknown>();
    for (const { key, value } of map.items) {
      if (isMerge(key)) continue;
      const name = readKey(key);
      if (own.has(sameKey(name))) throw new UnreadableYaml('this key occurs twice', offsetOf(key));
      own.add(sameKey(name));
      mapping.set(name, read(value));
    }
    return mapping;
  };

  const readKey = (node: unknown): ParamKey => {
    // `=` has a meaning of its own as a value only.
    const key = isScalar(node) && node.source === '=' ? '=' : read(node);
    if (key instanceof Unstorable || isMapping(key) || isSequence(key))
      throw new UnreadableYaml('a key must be a string, a number, a boolean or null', offsetOf(node));
    return key;
  };

  return read(document.contents);
}

function readScalar(node: YamlScalar): Scalar {
  const text = node.type === 'PLAIN' ? (node.source ?? '') : String(node.value ?? '');
  if (node.tag === undefined || node.tag === '!') return node.type === 'PLAIN' ? untagged(text, node) : text;
  switch (node.tag) {
    case `${CORE_TAG}str`:
      return node.type === 'PLAIN' ? text : String(node.source ?? node.value ?? '');
    case `${CORE_TAG}null`:
      return null;
    case `${CORE_TAG}bool`:
    case `${CORE_TAG}int`:
      return plainValue(text);
    case `${CORE_TAG}float`: {
      const value = plainValue(text);
      return typeof value === 'number' || typeof value === 'bigint' ? new PythonFloat(Number(value)) : value;
    }
    case `${CORE_TAG}timestamp`:
      return new Unstorable('datetime', text);
    default:
      throw unknownTag(node.tag, node);
  }
}

function untagged(text: string, node: unknown): Scalar {
  const type = implicitType(text);
  if (type === 'merge' || type === 'value')
    throw new UnreadableYaml(`${text} cannot be a value: quote it`, offsetOf(node));
  return type === 'timestamp' ? new Unstorable('datetime', text) : plainValue(text);
}

/** Python takes 1, 1.0 and True for one key. */
function sameKey(key: ParamKey): unknown {
  if (key instanceof PythonFloat) return key.value;
  return typeof key === 'boolean' ? Number(key) : key;
}

function unknownTag(tag: string | undefined, node: unknown): UnreadableYaml {
  return new UnreadableYaml(`the tag ${String(tag)} is not one that DVC reads`, offsetOf(node));
}

function offsetOf(node: unknown): number {
  return (node as { range?: readonly number[] | null } | null)?.range?.[0] ?? 0;
}
