/** One line of a `.gitignore` or `.dvcignore`, compiled. */
export interface IgnorePattern {
  readonly text: string;
  /** Matches a path relative to the file's folder; paths of folders are tried with a `/` at the end, too. */
  readonly regex: RegExp;
  /** False for a line that begins with `!`. */
  readonly ignores: boolean;
  readonly foldersOnly: boolean;
}

/**
 * Compiles one line by git's rules, as the `pathspec` library reads them, which DVC uses. Blank lines, comments and lines
 * that git throws away give undefined.
 */
export function compilePattern(line: string): IgnorePattern | undefined {
  const text = line.endsWith('\\ ') ? line : line.trimEnd();
  if (text === '' || text.startsWith('#') || text === '/') return undefined;
  const ignores = !text.startsWith('!');
  const source = patternSource(ignores ? text : text.slice(1));
  if (source === undefined) return undefined;
  return { text, regex: new RegExp(source, 'su'), ignores, foldersOnly: text.endsWith('/') };
}

const FOLDER_OR_END = '(?:/|$)';

function patternSource(pattern: string): string | undefined {
  const segments = normalize(pattern.split('/'));
  const isFolder = pattern.endsWith('/');
  if (segments.length === 0) return undefined;
  const shape = segments.join('/');
  if (shape === '**') return isFolder ? '/' : '.';
  if (shape === '**/*') return '.';
  if (shape === '**/*/**') return '/';
  const end = segments.length - 1;
  let source = '';
  let needsSlash = false;
  for (const [index, segment] of segments.entries()) {
    if (segment === '**' && index === 0) source += '^(?:.+/)?';
    else if (segment === '**' && index < end) {
      source += '(?:/.+)?';
      needsSlash = true;
    } else if (segment === '**') source += '/';
    else {
      if (index === 0) source += '^';
      if (needsSlash) source += '/';
      const glob = segment === '*' ? '[^/]+' : globSource(segment);
      if (glob === undefined) return undefined;
      source += glob;
      if (index === end) source += FOLDER_OR_END;
      needsSlash = true;
    }
  }
  return source;
}

/** Makes the rules explicit: a name alone matches at every depth, a slash at the end all that is below. */
function normalize(segments: string[]): string[] {
  const [first = '', second] = segments;
  if (first === '') segments.shift();
  else if ((segments.length === 1 || (segments.length === 2 && second === '')) && first !== '**')
    segments.unshift('**');
  if (segments.length > 0 && segments.at(-1) === '') segments[segments.length - 1] = '**';
  return segments.filter((segment, index) => !(segment === '**' && segments[index - 1] === '**'));
}

/** One path segment as a regular expression; undefined for a bracket that is never closed. */
function globSource(glob: string): string | undefined {
  let source = '';
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at] as string;
    if (char === '\\') {
      at++;
      if (at === glob.length) return undefined;
      source += escapeRegex(glob[at] as string);
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '[') {
      let from = at + 1;
      const negated = glob[from] === '!' || glob[from] === '^';
      if (negated) from++;
      const close = glob.indexOf(']', glob[from] === ']' ? from + 1 : from);
      if (close < 0) return undefined;
      const inside = glob
        .slice(from, close)
        .replace(/[\\\][]/g, '\\$&')
        .replace(/--|&&|~~/g, '\\$&');
      source += `[${negated ? '^' : ''}${inside}]`;
      at = close;
    } else source += escapeRegex(char);
  }
  return source;
}

function escapeRegex(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}
