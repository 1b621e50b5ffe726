/** What Python's `str.split()` splits at: not quite JavaScript's `\s`. */
const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;

/** Words between spaces, as Python's `str.split()` has them. */
export function splitAtSpaces(text: string): string[] {
  return text.split(SPACES).filter((word) => word !== '');
}
