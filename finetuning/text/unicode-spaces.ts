/** Unicode's White_Space, which is `\s` to Hugging Face's tokenizers. JavaScript's has U+FEFF, a mark that texts begin with, and not U+0085. */
const SPACE = String.raw`\t-\r \x85\xA0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000`;

/** GPT-2's pattern of what is split from what. */
const PIECES = `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^${SPACE}\\p{L}\\p{N}]+|[${SPACE}]+(?![^${SPACE}])|[${SPACE}]+`;

interface PreTokenizer {
  readonly type?: string;
  readonly use_regex?: boolean;
  readonly add_prefix_space?: boolean;
}

/** A tokenizer.json whose texts are split at Unicode's spaces, where it splits them as GPT-2 does. */
export function withUnicodeSpaces(json: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = (json['pre_tokenizer'] ?? {}) as PreTokenizer;
  const { type, use_regex: splits = true, add_prefix_space: hasPrefix = true } = given;
  // A space before the text would come before each of its pieces.
  if (type !== 'ByteLevel' || !splits || hasPrefix) return json;
  const split = { type: 'Split', pattern: { Regex: PIECES }, behavior: 'Isolated', invert: false };
  return {
    ...json,
    pre_tokenizer: { type: 'Sequence', pretokenizers: [split, { ...given, use_regex: false }] },
  };
}
