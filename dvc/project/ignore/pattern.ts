/**
 * DVC reads `.dvcignore` with the `pathspec` library and `.gitignore` with dulwich. Both follow git, with differences: for
 * pathspec, a pattern that matches a folder matches all that is below, so that `!dir/` takes it all back in; dulwich compares
 * bytes, and takes a folder for ignored whose contents a pattern like `dir/*` ignores.
 */
export type Dialect = 'pathspec' | 'dulwich';

/** One line of a `.gitignore` or `.dvcignore`, compiled. */
export interface IgnorePattern {
  /** False for a line that begins with `!`. */
  readonly ignores: boolean;
  readonly foldersOnly: boolean;
  /** It names no folder, but what is in one: `dir/*`, `dir/**`. */
  readonly describesContents: boolean;
  /** @param path relative to the file's folder; that of a folder may end in a slash */
  matches(path: string): boolean;
}

/** Compiles one line. Blank lines, comments and lines that git throws away give undefined. */
export function compilePattern(line: string, dialect: Dialect): IgnorePattern | undefined {
  const text = trim(line, dialect);
  if (text === '' || text.startsWith('#') || text === '/') return undefined;
  const ignores = !text.startsWith('!');
  const written = ignores ? text : text.slice(1);
  const foldersOnly = written.endsWith('/');
  const pattern = dialect === 'dulwich' ? asBytes(written.replace(/\/$/, '')) : written;
  const source = patternSource(pattern, dialect);
  if (source === undefined) return undefined;
  const regex = new RegExp(source, dialect === 'dulwich' ? 's' : 'su');
  const matches = (path: string) =>
    regex.test(dialect === 'dulwich' ? asBytes(path.replace(/\/$/, '')) : path);
  return { ignores, foldersOnly, describesContents: /\/\*\*?\/?$/.test(written), matches };
}

function trim(line: string, dialect: Dialect): string {
  if (dialect === 'dulwich')
    return line.trim() === '' ? '' : line.replace(/(?<!\\) +$/, '').replaceAll('\\ ', ' ');
  return line.endsWith('\\ ') ? line.trimStart() : line.trim();
}

/** One character for each byte of the UTF-8 text. */
function asBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function patternSource(pattern: string, dialect: Dialect): string | undefined {
  const segments = normalize(pattern.split('/'));
  if (segments.length === 0) return undefined;
  const shape = segments.join('/');
  // DVC looks for a slash at the start of the path for these, where none is: they match nothing.
  if (pattern.endsWith('/') && (shape === '**' || shape === '**/*/**')) return undefined;
  if (shape === '**' || shape === '**/*') return '.';
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
      if (index === end) source += dialect === 'dulwich' ? '$' : '(?:/|$)';
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
      source += `[${negated ? '^' : ''}${glob.slice(from, close).replace(/[\\\][^]/g, '\\$&')}]`;
      at = close;
    } else source += escapeRegex(char);
  }
  return source;
}

function escapeRegex(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}
