import { PythonFloat, type ParamKey, type ParamValue } from '../../types.js';
import { entriesOf, isMapping, isSequence } from '../python/mapping.js';
import { floatRepr } from '../python/number.js';
import { analyzeScalar } from './analyze.js';
import { LineWriter } from './line-writer.js';
import { implicitType } from './resolve.js';
import { writeDoubleQuoted, writePlain, writeSingleQuoted } from './write-scalar.js';

/** A number, as it was spelled in the file that it comes from: `1_000`, `0x1F`, `1.50`. */
export class SpelledScalar {
  constructor(readonly text: string) {}
}

export type YamlValue =
  ParamValue | SpelledScalar | readonly YamlValue[] | ReadonlyMap<ParamKey | SpelledScalar, YamlValue>;

type Context = 'root' | 'item' | 'value' | 'key';

/** Keys longer than this, with their tag, are written with a `?`. */
const MAX_SIMPLE_KEY = 128;

/**
 * The bytes that DVC writes for a mapping: those of ruamel.yaml's round-trip dumper in block style. Collections that are one
 * object in memory become anchors and aliases, numbered from `firstAnchor`.
 */
export function emitYaml(value: YamlValue, firstAnchor = 1): { text: string; anchors: number } {
  const emitter = new Emitter(value, firstAnchor);
  return { text: emitter.emit(value), anchors: emitter.anchors };
}

class Emitter {
  readonly #writer = new LineWriter();
  readonly #names = new Map<object, string>();
  readonly #written = new Set<object>();
  /** For each collection that we are in: was it a sequence? */
  readonly #nesting: boolean[] = [];

  constructor(value: YamlValue, firstAnchor: number) {
    const seen = new Set<object>();
    const visit = (node: YamlValue): void => {
      if (!isCollection(node)) return;
      if (seen.has(node)) {
        if (!this.#names.has(node))
          this.#names.set(node, `id${String(firstAnchor + this.#names.size).padStart(3, '0')}`);
        return;
      }
      seen.add(node);
      for (const child of Array.isArray(node) ? (node as readonly YamlValue[]) : valuesOf(node)) visit(child);
    };
    visit(value);
  }

  get anchors(): number {
    return this.#names.size;
  }

  emit(value: YamlValue): string {
    this.#node(value, 'root');
    this.#writer.toIndent();
    return this.#writer.text;
  }

  #node(value: YamlValue, context: Context): void {
    if (!isCollection(value)) return this.#scalar(value, context);
    const name = this.#names.get(value);
    if (name !== undefined) {
      if (this.#written.has(value)) return this.#writer.indicator(`*${name}`, true);
      this.#written.add(value);
      this.#writer.indicator(`&${name}`, true);
    }
    if (Array.isArray(value)) this.#sequence(value as readonly YamlValue[], context);
    else this.#mapping(value);
  }

  #sequence(items: readonly YamlValue[], context: Context): void {
    const writer = this.#writer;
    if (items.length === 0) return this.#empty('[]');
    const indentless = context === 'value' && !writer.indention;
    this.#collection(true, indentless, (nested) => {
      if (nested) writer.indention = true;
      for (const item of items) {
        writer.toIndent();
        writer.indicator('-', true, { indention: true });
        this.#node(item, 'item');
      }
    });
  }

  #mapping(value: object): void {
    const entries = entriesOf(value as ReadonlyMap<ParamKey, ParamValue>) as readonly (readonly [
      ParamKey | SpelledScalar,
      YamlValue,
    ])[];
    const writer = this.#writer;
    if (entries.length === 0) return this.#empty('{}');
    this.#collection(false, false, () => {
      for (const [key, item] of entries) {
        writer.toIndent();
        if (isSimpleKey(key)) {
          this.#node(key, 'key');
          writer.indicator(':', false);
        } else {
          writer.indicator('?', true, { indention: true });
          this.#node(key, 'value');
          writer.toIndent();
          writer.indicator(':', true, { indention: true });
        }
        this.#node(item, 'value');
      }
    });
  }

  #empty(brackets: string): void {
    this.#writer.indicator(brackets.charAt(0), true, { whitespace: true });
    this.#writer.indicator(brackets.charAt(1), false);
    this.#writer.lineBreak();
  }

  #collection(sequence: boolean, indentless: boolean, write: (nestedSequence: boolean) => void): void {
    const outer = this.#writer.indent;
    const nested = sequence && this.#nesting.at(-1) === true;
    this.#nesting.push(sequence);
    if (outer === undefined) this.#writer.indent = 0;
    else if (!indentless) this.#writer.indent = outer + 2;
    write(nested);
    this.#writer.indent = outer;
    this.#nesting.pop();
  }

  #scalar(value: YamlValue, context: Context): void {
    const writer = this.#writer;
    const outer = writer.indent;
    if (outer !== undefined) writer.indent = outer + 2;
    if (context === 'item') writer.toIndent();
    const split = context !== 'key';
    if (typeof value === 'string') {
      const chars = Array.from(value);
      writers[stringStyle(value, chars, context)](writer, chars, split);
    } else writePlain(writer, Array.from(scalarText(value, context)), split);
    writer.indent = outer;
  }
}

const writers = { plain: writePlain, single: writeSingleQuoted, double: writeDoubleQuoted };

function stringStyle(text: string, chars: readonly string[], context: Context): keyof typeof writers {
  const analysis = analyzeScalar(chars);
  const inKey = context === 'key';
  if (text !== '' && implicitType(text) === 'str' && analysis.plain && !(inKey && analysis.multiline))
    return 'plain';
  if (text.includes("'") || text.includes('\n')) return 'double';
  return analysis.singleQuoted && !(inKey && analysis.multiline) ? 'single' : 'double';
}

function scalarText(value: YamlValue, context: Context): string {
  if (value instanceof SpelledScalar) return value.text;
  if (value === null) return context === 'key' ? 'null' : '';
  if (value instanceof PythonFloat) return floatText(value.value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : floatText(value);
  return String(value);
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  return floatRepr(value);
}

function isSimpleKey(key: ParamKey | SpelledScalar): boolean {
  if (typeof key !== 'string') return true;
  const chars = Array.from(key);
  return chars.length + '!!str'.length < MAX_SIMPLE_KEY && !analyzeScalar(chars).multiline;
}

function isCollection(value: YamlValue): value is Extract<YamlValue, object> {
  if (value === null || typeof value !== 'object' || value instanceof SpelledScalar) return false;
  return isSequence(value as ParamValue) || isMapping(value as ParamValue);
}

function valuesOf(mapping: object): readonly YamlValue[] {
  return entriesOf(mapping as ReadonlyMap<ParamKey, ParamValue>).map(([, value]) => value);
}
