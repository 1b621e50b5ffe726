import { createHash } from 'node:crypto';

/** The text without its case, spacing, punctuation and accents' encoding: words with a space between them. */
export function foldText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/**
 * Names what a text says, whatever its case, spacing, punctuation and accents' encoding: two rows with one digest would be
 * the same row to a reader. 16 bytes, so that collisions are out of the question and millions fit in memory.
 */
export function textDigest(text: string): Buffer {
  // A text of punctuation alone folds to nothing: it stands for itself.
  return digestOf(foldText(text) || text);
}

/** Of two texts, of which either has its own place: as `textDigest`. */
export function pairDigest(text: string, pair: string): Buffer {
  return digestOf(Buffer.concat([textDigest(text), textDigest(pair)]));
}

/** The first 16 bytes of the sha256. */
export function digestOf(content: string | Uint8Array): Buffer {
  return createHash('sha256').update(content).digest().subarray(0, 16);
}
