import type { PreprocessingConfig } from '../../../configs/index.js';

/** `; "in quotes"` or `: "in quotes"` with an attribution behind it, up to the next `;`. */
const QUOTED_EXAMPLE = /[;:]\s*"[^"]*"[^;"]*(?=;|$)/g;
/** Control and format characters, zero-width ones among them. Tabs and line ends are whitespace below. */
const INVISIBLE = /[\p{Cc}\p{Cf}]/gu;

/** One text as the model is to see it. May come out empty. */
export function cleanText(text: string, config: PreprocessingConfig): string {
  const unified = config.unicode === 'none' ? text : text.normalize(config.unicode);
  const flat = unified.replace(/\s+/g, ' ').replace(INVISIBLE, '');
  const bare = config.strip_examples ? flat.replace(QUOTED_EXAMPLE, '') : flat;
  return bare
    .replace(/ {2,}/g, ' ')
    .trim()
    .replace(/[;:,\s]+$/, '');
}
