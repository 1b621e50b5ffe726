import type { TextsConfig } from '../../../configs/index.js';

/** `; "in quotes"` or `: "in quotes"` with an attribution behind it, up to the next `;`. */
const QUOTED_EXAMPLE = /[;:]\s*"[^"]*"[^;"]*(?=;|$)/g;
/** Control and format characters, zero-width ones among them. Tabs and line ends are whitespace below. */
const INVISIBLE = /[\p{Cc}\p{Cf}]/gu;
/** What cannot be meant, where whitespace and joined characters are. */
const STRAY = /(?![\n\t])[\p{Cc}\ufeff\u200b]/gu;

/** One text as the model is to see it. May come out empty. */
export function cleanText(
  text: string,
  config: TextsConfig,
  whitespace = config.whitespace ?? 'collapse',
): string {
  const unified = config.unicode === 'none' ? text : text.normalize(config.unicode);
  if (whitespace === 'keep') return unified.replace(/\r\n?/g, '\n').replace(STRAY, '');
  const flat = unified.replace(/\s+/g, ' ').replace(INVISIBLE, '');
  const bare = config.strip_examples ? flat.replace(QUOTED_EXAMPLE, '') : flat;
  const clean = bare.replace(/ {2,}/g, ' ').trim();
  return config.format === 'prose' ? clean : clean.replace(/(?<![;:,\s])[;:,\s]+$/, '');
}
