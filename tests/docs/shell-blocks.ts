import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A line that a reader may copy out of a page. */
export interface DocumentedLine {
  /** `docs/runs.md:12`. */
  readonly at: string;
  /** Without its comment; lines that go on, and quotes over several lines, whole. */
  readonly text: string;
  /** Its simple commands, as a shell splits them. */
  readonly commands: readonly (readonly string[])[];
}

export const ROOT = join(import.meta.dirname, '..', '..');

/** Every line of the `sh` blocks of README.md and docs/*.md. */
export function documentedLines(): readonly DocumentedLine[] {
  const pages = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)];
  return pages
    .filter((page) => page.endsWith('.md'))
    .sort()
    .flatMap((page) => linesOf(page, readFileSync(join(ROOT, page), 'utf8')));
}

export function linesOf(page: string, text: string): DocumentedLine[] {
  const blocks = [...text.matchAll(/^```sh\n([^]*?)^```$/gm)];
  return blocks.flatMap((block) => {
    const first = text.slice(0, block.index).split('\n').length + 1;
    return scan(block[1] as string).map(({ line, ...rest }) => ({ at: `${page}:${first + line}`, ...rest }));
  });
}

interface Scanned {
  readonly line: number;
  readonly text: string;
  readonly commands: readonly (readonly string[])[];
}

/** As much of a shell's grammar as the pages use: quotes, `\` at a line's end, comments, `&&`, `|` and `&`. */
function scan(block: string): Scanned[] {
  const found: Scanned[] = [];
  let commands: string[][] = [[]];
  let word: string | undefined;
  let kept = '';
  let line = 0;
  let startLine = 0;
  const endWord = (): void => {
    if (word !== undefined) commands.at(-1)?.push(word);
    word = undefined;
  };
  const endLine = (): void => {
    endWord();
    const text = kept.trim();
    const whole = commands.filter((command) => command.length > 0);
    if (whole.length > 0) found.push({ line: startLine, text, commands: whole });
    [commands, kept] = [[[]], ''];
  };
  for (const [token] of block.matchAll(
    /\\\n|'[^']*'|"(?:\\.|[^"\\])*"|\\.|&&|[&|\n]|[ \t]+|(?<![^\s])#[^\n]*|[^\s'"\\&|#]+|#/g,
  )) {
    if (token === '\n') {
      endLine();
    } else if (/^#./.test(token) && word === undefined) {
      // A comment.
    } else if (token === '\\\n' || /^[ \t]+$/.test(token)) {
      endWord();
      if (!kept.endsWith(' ')) kept += ' ';
    } else if (token === '&&' || token === '|' || token === '&') {
      endWord();
      commands.push([]);
      kept += token;
    } else {
      const quoted = /^'([^]*)'$/.exec(token)?.[1] ?? /^"([^]*)"$/.exec(token)?.[1]?.replace(/\\(.)/g, '$1');
      word = (word ?? '') + (quoted ?? token.replace(/^\\(.)$/, '$1'));
      kept += token;
    }
    line += token.split('\n').length - 1;
    if (token === '\n') startLine = line;
  }
  endLine();
  return found;
}
