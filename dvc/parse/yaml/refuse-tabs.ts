import { CST, Lexer } from 'yaml';
import { UnreadableYaml } from './read-values.js';

type Type = ReturnType<typeof CST.tokenType>;

const OPENING = new Set<Type>(['flow-map-start', 'flow-seq-start']);
const CLOSING = new Set<Type>(['flow-map-end', 'flow-seq-end']);
/** In these a tab is a character as any other. */
const HOLDING = new Set<Type>(['comment', 'single-quoted-scalar', 'double-quoted-scalar']);
/** The lexer's own, which are not in the text. `scalar` says that the next token is the text of one. */
const MARKS = new Set<Type>(['doc-mode', 'scalar', 'flow-error-end']);

/**
 * YAML allows tabs between tokens, and in plain text. ruamel.yaml, with which DVC reads, takes them only in quotes, comments, block
 * scalars, and, but for plain text, between brackets.
 *
 * @param text that is valid YAML
 * @throws UnreadableYaml
 */
export function refuseTabs(text: string): void {
  if (!text.includes('\t')) return;
  let offset = 0;
  let depth = 0;
  let isText = false;
  let isBlockScalar = false;
  for (const source of new Lexer().lex(text)) {
    const type: Type = isText ? null : CST.tokenType(source);
    const isHeld = HOLDING.has(type) || (isText && isBlockScalar);
    if (OPENING.has(type)) depth++;
    if (CLOSING.has(type)) depth--;
    const tab = source.indexOf('\t');
    const isPlainText = isText && !isBlockScalar;
    if (tab >= 0 && !isHeld && (depth === 0 || isPlainText))
      throw new UnreadableYaml('a tab stands where DVC takes spaces alone', offset + tab);
    if (type === 'block-scalar-header') isBlockScalar = true;
    else if (isText) isBlockScalar = false;
    isText = type === 'scalar';
    if (!MARKS.has(type)) offset += source.length;
  }
}
