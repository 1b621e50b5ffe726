import { readFileSync } from 'node:fs';
import {
  LineCounter,
  isMap,
  isNode,
  isPair,
  isSeq,
  parseDocument,
  type Document,
  type Pair,
  type ParsedNode,
  type YAMLMap,
} from 'yaml';
import { DiagnosticError, type Location } from './diagnostic-error.js';

export type YamlPath = readonly (string | number)[];

/** A parsed YAML file whose values can be traced back to their line. */
export class YamlDocument {
  readonly #document: Document.Parsed;
  readonly #counter: LineCounter;
  readonly #lines: readonly string[];
  readonly #pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

  /**
   * @param file how messages name it
   * @throws DiagnosticError `yaml-syntax` with file, line and column
   */
  constructor(
    readonly file: string,
    readonly text: string,
  ) {
    this.#counter = new LineCounter();
    this.#lines = text.split(/\r?\n/);
    this.#document = parseDocument(text, {
      lineCounter: this.#counter,
      version: '1.2',
      prettyErrors: false,
      uniqueKeys: true,
    });
    const error = this.#document.errors[0];
    if (error) {
      throw new DiagnosticError('yaml-syntax', {
        message: `this is not valid YAML: ${error.message}`,
        at: this.#location(error.pos[0]),
        fix: 'correct the syntax at that place',
        cause: error,
      });
    }
  }

  get document(): Document.Parsed {
    return this.#document;
  }

  /** The whole file as plain values. An empty file is `null`. */
  toJS(): unknown {
    return this.#document.toJS() as unknown;
  }

  /** Where the value at `path` stands (its key, for a map entry), or else its nearest parent that exists. */
  locate(path: YamlPath): Location {
    let node: unknown = this.#document.contents;
    let offset = isNode(node) ? (node as ParsedNode).range[0] : 0;
    for (const step of path) {
      if (isMap(node)) {
        const pair = this.#pairsOf(node).get(String(step));
        if (!pair) break;
        offset = (pair.key as ParsedNode).range[0];
        node = pair.value;
      } else if (isSeq(node)) {
        const item = node.items[Number(step)];
        if (!isNode(item)) break;
        offset = (item as ParsedNode).range[0];
        node = item;
      } else break;
    }
    return this.#location(offset);
  }

  /** By key; of equal keys the first. Whoever reads a pipeline asks for a place of each of its stages. */
  #pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
    const known = this.#pairs.get(map);
    if (known) return known;
    const pairs = new Map<string, Pair>();
    for (const item of map.items) {
      const key = isPair(item) ? String((item.key as { value?: unknown }).value) : undefined;
      if (key !== undefined && !pairs.has(key)) pairs.set(key, item);
    }
    this.#pairs.set(map, pairs);
    return pairs;
  }

  #location(offset: number): Location {
    const { line, col } = this.#counter.linePos(offset);
    const source = this.#lines[line - 1];
    return { file: this.file, line, column: col, ...(source === undefined ? {} : { source }) };
  }
}

/** @throws DiagnosticError `file-missing`, `yaml-syntax` */
export function readYaml(path: string, shownAs: string = path): YamlDocument {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new DiagnosticError('file-missing', {
      message: `${shownAs} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      at: { file: shownAs },
      fix: 'create it, or correct the path that names it',
      cause,
    });
  }
  return new YamlDocument(shownAs, text);
}
