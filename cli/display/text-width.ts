/**
 * What a terminal does with text: how many columns it takes, and how to cut it. Anything from outside is passed through
 * {@link plain} first, so that a command's output cannot steer the terminal.
 */
import { stripVTControlCharacters } from 'node:util';

const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u;
const ZERO = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** One line without escape sequences and control characters. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/[\u0000-\u001F\u007F-\u009F]+/g, ' ');
}

/** Columns. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** At most `columns` wide; what was cut is shown by `ellipsis`, one column wide. */
export function cut(text: string, columns: number, ellipsis = '…'): string {
  if (textWidth(text) <= columns) return text;
  if (columns <= 0) return '';
  let kept = '';
  let width = 0;
  for (const character of text) {
    const next = characterWidth(character);
    if (width + next > columns - 1) break;
    kept += character;
    width += next;
  }
  return kept + ellipsis;
}

/** Exactly `columns` wide. */
export function pad(text: string, columns: number, side: 'left' | 'right' = 'right', ellipsis = '…'): string {
  const fitted = cut(text, columns, ellipsis);
  const space = ' '.repeat(Math.max(0, columns - textWidth(fitted)));
  return side === 'right' ? fitted + space : space + fitted;
}

function characterWidth(character: string): number {
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
