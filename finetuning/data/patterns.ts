/**
 * Whether a POSIX path is one that a pattern names: `*` and `?` within a folder's name, `**` across folders, `{a,b}`. A
 * pattern without any of them is the path itself.
 */
export function matcher(patterns: readonly string[]): (path: string) => boolean {
  const expressions = patterns.map(asExpression);
  return (path) => expressions.some((expression) => expression.test(path));
}

export function isPattern(path: string): boolean {
  return /[*?{]/.test(path);
}

function asExpression(pattern: string): RegExp {
  const source = pattern.replace(
    /\*\*\/|\*\*|[*?{},]|[.+^$()|[\]\\]/g,
    (token) =>
      ({ '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]', '{': '(?:', '}': ')', ',': '|' })[token] ??
      `\\${token}`,
  );
  return new RegExp(`^${source}$`, 'u');
}
