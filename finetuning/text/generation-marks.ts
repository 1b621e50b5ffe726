/** From a character to the one before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Unicode's noncharacters, which no text that is passed on may have. */
const [START, END] = ['\uFDD0', '\uFDD1'];

/** transformers' own tags; with the spaces before that `lstrip_blocks`, and the line end that `trim_blocks`, take away. */
const TAG = /(?:^[ \t]*(?=\{%[^+]))?\{%([-+]?)\s*(end)?generation\s*([-+]?)%\}\n?/gm;

/**
 * A chat template that says in its text where `{% generation %}` begins and ends: the template engine has no such tag, and
 * passes over it.
 *
 * @returns `undefined` where the template has none
 */
export function withMarks(template: string): string | undefined {
  let marks = 0;
  const marked = template.replace(TAG, (_, before: string, end: string | undefined, after: string) => {
    marks++;
    const dash = (sign: string): string => (sign === '-' ? '-' : '');
    return `{{${dash(before)} '${end === undefined ? START : END}' ${dash(after)}}}`;
  });
  return marks > 0 ? marked : undefined;
}

/** What was rendered, without the marks. @returns `undefined` where these do not come in pairs */
export function unmarked(
  rendered: string,
): { readonly text: string; readonly said: readonly Span[] } | undefined {
  const said: Span[] = [];
  let [text, open] = ['', -1];
  for (const part of rendered.split(new RegExp(`([${START}${END}])`))) {
    if (part === START) {
      if (open >= 0) return undefined;
      open = text.length;
    } else if (part === END) {
      if (open < 0) return undefined;
      said.push({ start: open, end: text.length });
      open = -1;
    } else text += part;
  }
  return open < 0 ? { text, said } : undefined;
}
