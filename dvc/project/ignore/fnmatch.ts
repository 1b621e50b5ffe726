/** Python's `fnmatch`: `*`, `?` and `[seq]`, which here match any character. */
export function fnmatch(name: string, pattern: string): boolean {
  return fnmatchRegex(pattern).test(name);
}

function fnmatchRegex(pattern: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] as string;
    const close = char === '[' ? closingBracket(pattern, at) : -1;
    if (char === '*') source += '.*';
    else if (char === '?') source += '.';
    else if (close > 0) {
      const inside = pattern.slice(at + 1, close).replace(/[\\[\]]/g, '\\$&');
      source += `[${inside.startsWith('!') ? `^${inside.slice(1)}` : inside.replace(/^\^/, '\\^')}]`;
      at = close;
    } else source += char.replace(/[\\^$.*+?()[\]{}|]/, '\\$&');
  }
  return new RegExp(`^(?:${source})$`, 's');
}

function closingBracket(pattern: string, open: number): number {
  let from = open + 1;
  if (pattern[from] === '!') from++;
  return pattern.indexOf(']', pattern[from] === ']' ? from + 1 : from);
}
