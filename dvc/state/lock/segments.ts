import { isAlias, isCollection, isMap, isNode, isScalar, visit, type Pair, type Scalar } from 'yaml';
import type { YamlDocument } from '../../../diagnostics/index.js';
import type { ParamKey } from '../../types.js';
import { emitYaml, type SpelledScalar, type YamlValue } from '../yaml/emit.js';
import { ValueReader } from '../yaml/values.js';
import { scalarText } from './parse-entry.js';

const INDENT = 2;

/** Part of a block mapping: one key, its value, and the comments up to the next key, as lines of text. */
export interface Segment {
  readonly key: string;
  /** The key's line, with what stands between it and the value's first line. */
  readonly header: string;
  readonly text: string;
  /** Written anew as DVC would, its anchors numbered from `firstAnchor`; with how many of them there are. */
  render(firstAnchor: number): { text: string; anchors: number };
}

/**
 * Cuts a block mapping that lies `depth` levels down into segments. `end` is the offset at which its text ends.
 *
 * DVC parses and writes the whole file again when one entry changes: what it has a style of its own for is rewritten in that
 * style, comments stay. So a segment with comments, blank lines or styles that DVC keeps is taken over verbatim, any other
 * one written anew.
 */
export function segmentsOf(
  source: YamlDocument,
  pairs: readonly Pair[],
  depth: number,
  end: number,
): Segment[] {
  const { text } = source;
  const starts = pairs.map((pair) => lineStart(text, offsetOf(pair.key)));
  return pairs.map((pair, index) => {
    const start = starts[index] as number;
    const body = text.slice(start, starts[index + 1] ?? end);
    const inPlace = offsetOf(pair.key) - start === depth * INDENT;
    const headerLength = inPlace ? Math.max(lineStart(text, offsetOf(pair.value)) - start, 0) : 0;
    const values = new ValueReader(source.document, true);
    const rewritten = () =>
      new Map<ParamKey | SpelledScalar, YamlValue>([[scalarText(pair.key), values.read(pair.value)]]);
    const verbatim = () => inPlace && keepsItsText(pair, body);
    return {
      key: scalarText(pair.key),
      header: body.slice(0, headerLength) || headerLine(scalarText(pair.key), depth),
      text: body,
      render: (firstAnchor) =>
        verbatim() ? { text: body, anchors: 0 } : emitAt(rewritten(), depth, firstAnchor),
    };
  });
}

/** `key:` alone, as it stands above a nested block. */
export function headerLine(key: string, depth: number): string {
  return emitAt(new Map([[key, null]]), depth).text;
}

/** Whether a key stands alone after a `?`, since it is too long for a line with its value. */
export function isLongKey(key: string): boolean {
  return headerLine(key, 0).startsWith('? ');
}

/**
 * A mapping as it is written `depth` levels down (folding counts columns, so that the text cannot be indented afterwards).
 */
export function emitAt(
  mapping: ReadonlyMap<ParamKey | SpelledScalar, YamlValue>,
  depth: number,
  firstAnchor = 1,
): { text: string; anchors: number } {
  let value: YamlValue = mapping;
  for (let level = 0; level < depth; level++) value = new Map([['in', value]]);
  const { text, anchors } = emitYaml(value, firstAnchor);
  return { text: text.split('\n').slice(depth).join('\n'), anchors };
}

function keepsItsText(pair: Pair, body: string): boolean {
  return hasBlankLine(body) || keepsStyle(pair.value);
}

/** Blank lines and lines that are a comment. */
export function hasBlankLine(text: string): boolean {
  return /^[ \t]*(?:#.*)?$/m.test(text.replace(/\n$/, ''));
}

/** Whether a value has comments, or styles that DVC keeps when it writes a file again. */
export function keepsStyle(value: unknown): boolean {
  let keeps = false;
  if (!isNode(value)) return keeps;
  visit(value, (_key, node) => {
    if (isCollection(node) && (node.comment || node.commentBefore)) keeps = true;
    if (isScalar(node) && (node.comment || node.commentBefore || isBlock(node))) keeps = true;
    if (isCollection(node) && node.flow && node.items.length > 0) keeps = true;
    if ((isScalar(node) || isCollection(node)) && node.tag !== undefined && node.tag.startsWith('!'))
      keeps = true;
    if (isAlias(node) && (node.comment || node.commentBefore)) keeps = true;
    return keeps ? visit.BREAK : undefined;
  });
  return keeps;
}

function isBlock(node: Scalar): boolean {
  return node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
}

function offsetOf(node: unknown): number {
  const range = (node as { range?: readonly number[] | null } | null)?.range;
  return range?.[0] ?? 0;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Pairs of the document's root mapping. */
export function rootPairs(source: YamlDocument): readonly Pair[] {
  const root = source.document.contents;
  return isMap(root) ? root.items : [];
}
