import { DiagnosticError } from '../../../diagnostics/index.js';

/** Escapes of letters that mean the same in both languages, over names of ASCII letters. */
const SHARED_ESCAPES = /[bBdDsSwWntrfv\d]/;

/**
 * A regular expression as Python's `re` reads it, that has to match the whole of a string (`re.fullmatch`).
 *
 * What the two languages write differently is translated; what JavaScript has no words for is refused.
 *
 * @param key the setting that it stands in
 * @throws DiagnosticError `bad-target-modules`
 */
export function pythonFullmatch(pattern: string, key: string): RegExp {
  const refuse = (reason: string): never => {
    throw new DiagnosticError('bad-target-modules', {
      message: `finetuning.${key}: this regular expression cannot be used: ${reason}`,
      found: pattern,
      expected: "a list of last parts of layers' names, all-linear, or a regular expression of whole names",
      fix: `correct ${key}`,
    });
  };
  for (const [, letter] of pattern.matchAll(/\\(.)/gs))
    if (/[a-z\d]/i.test(letter as string) && !SHARED_ESCAPES.test(letter as string))
      refuse(`\\${letter} means something else to Python than to JavaScript`);
  const translated = pattern
    .replace(/\(\?P</g, '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replace(/\{,(\d+)\}/g, '{0,$1}');
  try {
    return new RegExp(`^(?:${translated})$`);
  } catch (error) {
    return refuse((error as Error).message);
  }
}
