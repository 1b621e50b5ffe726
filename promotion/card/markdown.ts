/**
 * Text that Markdown takes for itself: labels and names may come from data that somebody else has written. Underscores within words
 * need no escape.
 */
export function plain(text: string): string {
  return text
    .replaceAll('\n', ' ')
    .replace(/[\\`*[\]]/g, '\\$&')
    .replaceAll('<', '&lt;');
}

/** As code, whatever stands in it: the fence is longer than any run of backticks within. */
export function code(text: string): string {
  const line = text.replaceAll('\n', ' ');
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}
