/** One line of a `.dvcignore`, in git's pattern language. */
export interface IgnorePattern {
  readonly negated: boolean;
  readonly directoriesOnly: boolean;
  /** On a path relative to the file's folder. */
  readonly regex: RegExp;
}

/** @returns undefined for a blank line, a comment, or a pattern that git discards */
export function parseIgnorePattern(line: string): IgnorePattern | undefined {
  const stripped = line.trim();
  if (stripped === '' || stripped.startsWith('#') || stripped === '/') return undefined;
  const negated = stripped.startsWith('!');
  const pattern = negated ? stripped.slice(1) : stripped;
  const directoriesOnly = pattern.endsWith('/');
  const segments = pattern.replace(/\/$/, '').split('/');
  const anchored = segments.length > 1;
  if (segments[0] === '') segments.shift();
  if (segments.length === 0) return undefined;
  if (!anchored) segments.unshift('**');
  const source = translate(segments);
  if (source === undefined) return undefined;
  return { negated, directoriesOnly, regex: new RegExp(`^${source}$`, 'su') };
}

function translate(segments: readonly string[]): string | undefined {
  let source = '';
  const last = segments.length - 1;
  for (const [index, segment] of segments.entries()) {
    if (segment === '**') {
      if (segments[index - 1] === '**') continue;
      if (index === last) source += index === 0 ? '.+' : '/.+';
      else source += index === 0 ? '(?:.+/)?' : '(?:/.+)?';
      continue;
    }
    const glob = translateSegment(segment);
    if (glob === undefined) return undefined;
    const previous = segments[index - 1];
    source += (index > 0 && !(previous === '**' && isLeading(segments, index - 1)) ? '/' : '') + glob;
  }
  return source;
}

function isLeading(segments: readonly string[], index: number): boolean {
  return segments.slice(0, index).every((segment) => segment === '**');
}

function translateSegment(segment: string): string | undefined {
  if (segment === '*') return '[^/]+';
  let source = '';
  for (let i = 0; i < segment.length; i++) {
    const ch = segment.charAt(i);
    if (ch === '\\') {
      i += 1;
      if (i >= segment.length) return undefined;
      source += literal(segment.charAt(i));
    } else if (ch === '*') source += '[^/]*';
    else if (ch === '?') source += '[^/]';
    else if (ch === '[') {
      const close = segment.indexOf(
        ']',
        i + (/^\[[!^]?\]/.test(segment.slice(i)) ? (segment.charAt(i + 1) === ']' ? 2 : 3) : 1),
      );
      if (close < 0) source += '\\[';
      else {
        const inside = segment.slice(i + 1, close).replace(/^[!^]/, '');
        const negates = inside.length < close - i - 1;
        source += `[${negates ? '^/' : ''}${inside.replace(/[\\\]^[&~|]/g, '\\$&')}]`;
        i = close;
      }
    } else source += literal(ch);
  }
  return source;
}

function literal(ch: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(ch) ? `\\${ch}` : ch;
}
