import { readFileSync } from 'node:fs';
import { isMap, isNode, isScalar, isSeq } from 'yaml';
import { DiagnosticError, YamlDocument, type Location, type YamlPath } from '../../../diagnostics/index.js';
import type { Value } from '../values.js';
import { UnreadableYaml, readValues } from './read-values.js';
import { refuseTabs } from './refuse-tabs.js';

const CONFLICT = /^(?:<{7} |>{7} )/m;

/** A YAML file, as DVC reads it, whose values can be traced back to their place. */
export class YamlFile {
  readonly #source: YamlDocument;
  /** An empty file is null. */
  readonly value: Value;

  /** @throws DiagnosticError `yaml-syntax` */
  constructor(
    readonly name: string,
    readonly text: string,
  ) {
    this.#source = parse(name, text);
    try {
      refuseTabs(text);
      this.value = readValues(this.#source.document);
    } catch (error) {
      if (!(error instanceof UnreadableYaml)) throw error;
      throw new DiagnosticError('yaml-syntax', {
        message: `this YAML cannot be read: ${error.message}`,
        at: this.#at(error.offset),
        fix: 'correct that value',
      });
    }
  }

  /** Where the value at `path` stands, or else its nearest parent that exists. */
  locate(path: YamlPath): Location {
    return this.#source.locate(path);
  }

  /** Where `text` occurs in the value at `path`; or, if it does not, where that value stands. */
  locateText(path: YamlPath, text: string): Location {
    const range = this.#rangeOf(path);
    const offset = range ? this.text.indexOf(text, range[0]) : -1;
    return range && offset >= 0 && offset < range[1] ? this.#at(offset) : this.locate(path);
  }

  /** From the key of the value at `path` to the value's end. */
  #rangeOf(path: YamlPath): readonly [number, number] | undefined {
    let node: unknown = this.#source.document.contents;
    let start: number | undefined;
    for (const step of path) {
      start = undefined;
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
        start = isNode(pair?.key) ? pair.key.range?.[0] : undefined;
        node = pair?.value;
      } else if (isSeq(node)) node = node.items[Number(step)];
      else return undefined;
    }
    const range = isNode(node) ? node.range : undefined;
    return range ? [start ?? range[0], range[1]] : undefined;
  }

  #at(offset: number): Location {
    const before = this.text.slice(0, offset).split('\n');
    const source = this.text.split(/\r?\n/)[before.length - 1];
    const column = (before.at(-1) as string).length + 1;
    return { file: this.name, line: before.length, column, ...(source === undefined ? {} : { source }) };
  }
}

function parse(name: string, text: string): YamlDocument {
  try {
    return new YamlDocument(name, text);
  } catch (error) {
    if (!(error instanceof DiagnosticError) || !CONFLICT.test(text)) throw error;
    throw new DiagnosticError(error.code, {
      message: `${error.message} (merge-conflict markers)`,
      ...(error.at && { at: error.at }),
      fix: 'resolve the merge conflict in this file',
      cause: error,
    });
  }
}

/** Files as they were last read, the one that was asked for last at the end. What they say is never changed. */
const recent = new Map<string, YamlFile>();
/** Characters of text; what is made of it takes some dozen times as much. */
const KEPT = 2 ** 20;

/**
 * A file whose text is that of the last time is not parsed again: a worker looks at the same dvc.yaml for each run.
 *
 * @throws DiagnosticError `file-missing`, `yaml-syntax`
 */
export function readYamlFile(path: string, name: string): YamlFile {
  const text = readText(path, name);
  const known = recent.get(path);
  const file = known?.text === text && known.name === name ? known : new YamlFile(name, text);
  recent.delete(path);
  recent.set(path, file);
  let size = [...recent.values()].reduce((sum, one) => sum + one.text.length, 0);
  for (const [oldest, { text: dropped }] of recent) {
    if (size <= KEPT) break;
    recent.delete(oldest);
    size -= dropped.length;
  }
  return file;
}

/** @throws DiagnosticError `file-missing` */
export function readText(path: string, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (cause) {
    const isEncoding = cause instanceof TypeError;
    throw new DiagnosticError(isEncoding ? 'not-utf-8' : 'file-missing', {
      message: isEncoding
        ? `${name} is not UTF-8 text`
        : `${name} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      at: { file: name },
      fix: isEncoding ? 'save it as UTF-8' : 'create it, or correct the path that names it',
      cause,
    });
  }
}
