export type PersonalData = 'email' | 'phone' | 'ip' | 'card';

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const HEX = '[0-9a-f]{1,4}';

/** What is looked for, in this order: what a card's digits are must not be taken for a phone's. */
const KINDS: readonly {
  readonly kind: PersonalData;
  readonly expression: RegExp;
  readonly isOne: (found: string) => boolean;
}[] = [
  {
    kind: 'email',
    // As long as RFC 5321 has its parts: without bounds, a long word without an @ is gone through from each of its letters.
    expression:
      /[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,127}\p{L}{2,63}/gu,
    isOne: () => true,
  },
  { kind: 'card', expression: /(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d.]?\d)/g, isOne: passesLuhn },
  {
    kind: 'ip',
    expression: new RegExp(
      `(?<![\\d.])(?:${OCTET}\\.){3}${OCTET}(?![\\d]|\\.\\d)|(?<![\\w:])(?:(?:${HEX}:){7}${HEX}|(?:${HEX}:){1,6}(?::${HEX}){1,6}|(?:${HEX}:){1,7}:|::(?:${HEX}:){0,6}${HEX})(?![\\w:])`,
      'gi',
    ),
    isOne: () => true,
  },
  {
    kind: 'phone',
    // With its country's code; or in groups, as 020 7946 0958, (415) 555-2671: a bare number is not one.
    expression:
      /(?<![\w.+]|\d[ -])(?:\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d(?:[ .-]?\d){5,12}|\(\d{2,5}\)[ .-]?\d{3,4}(?:[ .-]?\d{2,4}){1,2}|\d{3,5}[ .-]\d{3,4}[ .-]\d{3,4})(?![\w]|[ .-]\d)/g,
    isOne: (found) => {
      const digits = found.replace(/\D/g, '').length;
      return digits >= 7 && digits <= 15;
    },
  },
];

/**
 * A text with personal data replaced by `[EMAIL]`, `[PHONE]`, `[IP]` and `[CARD]`.
 *
 * By form alone: names and addresses of places are not found.
 *
 * @param counts gets how many of each kind were replaced
 */
export function redact(
  text: string,
  wanted: readonly PersonalData[],
  counts: Partial<Record<PersonalData, number>>,
): string {
  let clean = text;
  for (const { kind, expression, isOne } of KINDS) {
    if (!wanted.includes(kind)) continue;
    clean = clean.replace(expression, (found) => {
      if (!isOne(found)) return found;
      counts[kind] = (counts[kind] ?? 0) + 1;
      return `[${kind.toUpperCase()}]`;
    });
  }
  return clean;
}

/** The check digit of payment cards (ISO/IEC 7812-1, annex B). */
function passesLuhn(found: string): boolean {
  const digits = [...found.replace(/\D/g, '')].map(Number).reverse();
  const sum = digits.reduce((total, digit, at) => {
    const value = at % 2 === 1 ? digit * 2 : digit;
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0 && digits.some((digit) => digit !== 0);
}
