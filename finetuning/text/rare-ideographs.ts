/**
 * Chinese characters beyond the first 65,536, as BertNormalizer of Hugging Face's tokenizers has them (which leaves U+2B820 to U+2B91F
 * out; BERT's own script does not). JavaScript's port looks at halves of characters, and knows none of these.
 */
const RARE = /[\u{20000}-\u{2A6DF}\u{2A700}-\u{2B81F}\u{2B920}-\u{2CEAF}\u{2F800}-\u{2FA1F}]/gu;

/** With spaces around each, as BERT has them, for which every Chinese character is a word. */
export const setApart = (text: string): string => text.replace(RARE, ' $& ');

/** Whether a tokenizer does that, by its `normalizer` in tokenizer.json. */
export function setsIdeographsApart(normalizer: unknown): boolean {
  if (typeof normalizer !== 'object' || normalizer === null) return false;
  const { type, normalizers, handle_chinese_chars: isOn } = normalizer as Readonly<Record<string, unknown>>;
  if (type === 'Sequence') return Array.isArray(normalizers) && normalizers.some(setsIdeographsApart);
  return type === 'BertNormalizer' && isOn !== false;
}
