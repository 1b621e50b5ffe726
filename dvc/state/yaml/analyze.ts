/** In which styles a string may be written, by ruamel.yaml's rules. */
export interface ScalarAnalysis {
  readonly multiline: boolean;
  readonly plain: boolean;
  readonly singleQuoted: boolean;
}

const LEADING_INDICATORS = '#,[]{}&*!|>\'"%@`';
const WHITESPACE = '\0 \t\r\n\x85\u2028\u2029';
const BREAKS = '\n\x85\u2028\u2029';

/** @param chars the string's code points: columns are counted in those */
export function analyzeScalar(chars: readonly string[]): ScalarAnalysis {
  if (chars.length === 0) return { multiline: false, plain: true, singleQuoted: true };
  const text = chars.join('');
  let indicators = text.startsWith('---') || text.startsWith('...');
  let lineBreaks = false;
  let special = false;
  let breakThenSpace = false;
  let spaceThenBreak = false;
  chars.forEach((ch, index) => {
    const before = index === 0 || WHITESPACE.includes(chars[index - 1] as string);
    const next = chars[index + 1];
    const followed = next === undefined || WHITESPACE.includes(next);
    if (index === 0) {
      if (LEADING_INDICATORS.includes(ch)) indicators = true;
      if ('?:-'.includes(ch) && followed) indicators = true;
    } else if ((ch === ':' && followed) || (ch === '#' && before)) indicators = true;
    const isBreak = BREAKS.includes(ch);
    if (isBreak) lineBreaks = true;
    if (!isPrintable(ch)) special = true;
    const previous = chars[index - 1];
    if (previous !== undefined) {
      if (ch === ' ' && BREAKS.includes(previous)) breakThenSpace = true;
      if (isBreak && previous === ' ') spaceThenBreak = true;
    }
  });
  const edges = [chars[0], chars[chars.length - 1]].some((ch) => ` ${BREAKS}`.includes(ch as string));
  const singleQuoted = !breakThenSpace && !spaceThenBreak && !special;
  return {
    multiline: lineBreaks,
    singleQuoted,
    plain: singleQuoted && !edges && !lineBreaks && !indicators,
  };
}

/** What may stand unescaped outside double quotes. */
function isPrintable(ch: string): boolean {
  if (ch === '\n') return true;
  const code = ch.codePointAt(0) as number;
  if (code < 0x80) return code >= 0x20 && code <= 0x7e;
  return (
    code === 0x85 ||
    (code >= 0xa0 && !isSurrogate(code) && code !== 0xfeff && code <= 0x10ffff && !isNonCharacter(code))
  );
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

function isNonCharacter(code: number): boolean {
  return code === 0xfffe || code === 0xffff;
}

export function isBreak(ch: string | undefined): boolean {
  return ch !== undefined && BREAKS.includes(ch);
}
