import { createHash } from 'node:crypto';

/**
 * Names what a text says, whatever its case, spacing, punctuation and accents' encoding: two rows with one key would be
 * the same row to a reader. 16 bytes, so that collisions are out of the question and millions fit in memory.
 */
export function textKey(text: string): string {
  const folded = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  // A text of punctuation alone folds to nothing: it stands for itself.
  return createHash('sha256')
    .update(folded || text)
    .digest()
    .toString('latin1', 0, 16);
}
