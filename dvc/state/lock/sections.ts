import { YamlDocument } from '../../../diagnostics/index.js';
import type { LockEntry } from '../../types.js';
import { implicitType } from '../yaml/resolve.js';
import { entryMapping } from './entry.js';
import { parseEntry } from './parse-entry.js';
import { guessEntry } from './plain-entry.js';
import { simpleText } from './simple-text.js';
import { emitAt, headerLine, isLongKey, rootPairs, segmentsOf } from './segments.js';

/** One stage's lines in a lock file, its name's included. Read once for as long as they stay as they are. */
export interface Section {
  readonly name: string;
  readonly text: string;
  /** Length of the text in UTF-8. */
  readonly bytes: number;
  readonly entry: LockEntry;
  /** DVC would write it in the same letters: it can be taken over as it is. */
  readonly isAsWritten: boolean;
}

/** How a lock file begins whose stages are all that it has. */
export const HEAD = "schema: '2.0'\nstages:\n";
/** A name that is written without quotes, and stands for itself. */
const NAME = /^ {2}([A-Za-z0-9_./][^\s'"#]*[^\s'"#:]|[A-Za-z0-9_./]):$/;

/** The texts that were cut last, by path: one stage changes at a time. */
const recent = new Map<string, readonly Section[]>();
const KEPT = 4;

/** The same as {@link cutSections}, with the sections of the last call as those that are known. */
export function sectionsOf(text: string, path: string): readonly Section[] | undefined {
  const sections = cutSections(text, recent.get(path));
  // The one that was asked for last goes to the end.
  recent.delete(path);
  if (sections) recent.set(path, sections);
  for (const oldest of recent.keys()) {
    if (recent.size <= KEPT) break;
    recent.delete(oldest);
  }
  return sections;
}

/**
 * The stages of a lock file that looks as DVC writes it: a line for each name, two spaces in, and below it lines further in. Only
 * what is not among those that are known is parsed: the file of ten thousand stages takes seconds as a whole.
 *
 * @returns undefined when it looks otherwise or is damaged: then it has to be parsed as a whole
 */
export function cutSections(text: string, before: readonly Section[] = []): readonly Section[] | undefined {
  if (!text.startsWith(HEAD) || !text.endsWith('\n') || /[\r\t]/.test(text)) return undefined;
  const known = new Map(before.map((section) => [section.text, section]));
  const names = new Set<string>();
  const sections: Section[] = [];
  for (let start = HEAD.length; start < text.length;) {
    const end = endOfSection(text, start);
    if (end === undefined) return undefined;
    const lines = text.slice(start, end);
    const section = known.get(lines) ?? readSection(lines);
    if (!section || names.has(section.name)) return undefined;
    names.add(section.name);
    sections.push(section);
    start = end;
  }
  return sections;
}

/** Where the next line begins that is two spaces in. Undefined when one is less far in, or empty. */
function endOfSection(text: string, start: number): number | undefined {
  for (let at = text.indexOf('\n', start) + 1; at < text.length; at = text.indexOf('\n', at) + 1) {
    if (text.startsWith('    ', at)) continue;
    return text.startsWith('  ', at) && text[at + 2] !== ' ' && text[at + 2] !== '\n' ? at : undefined;
  }
  return text.length;
}

/**
 * One stage's lines. A line two spaces in ends whatever stands above it, so that a stage's lines mean the same alone, unless they refer to
 * others.
 */
export function readSection(slice: string): Section | undefined {
  // A copy: a slice, and whatever is cut from it, would keep the whole file's text in memory.
  const text = Buffer.from(slice).toString();
  const name = NAME.exec(text.slice(0, text.indexOf('\n')))?.[1];
  if (name === undefined || implicitType(name) !== 'str') return undefined;
  const bytes = Buffer.byteLength(text);
  const guess = guessEntry(text.split('\n').slice(1, -1));
  if (guess && writtenAlone(name, guess) === text)
    return { name, text, bytes, entry: guess, isAsWritten: true };
  try {
    const source = new YamlDocument(name, text);
    const pairs = rootPairs(source);
    const [segment] = segmentsOf(source, pairs, 1, text.length);
    if (!segment || pairs.length > 1 || segment.key !== name) return undefined;
    const entry = parseEntry(source, pairs[0]?.value, [name]);
    const { text: written, anchors } = segment.render(1);
    return { name, text, bytes, entry, isAsWritten: written === text && anchors === 0 };
  } catch {
    // What is wrong with it is told with its place in the file.
    return undefined;
  }
}

/**
 * A stage's lines as DVC writes them. Undefined when they have anchors, which are numbered through the whole file, or a name too long
 * for a line with them.
 */
export function writtenAlone(name: string, entry: LockEntry): string | undefined {
  const simple = simpleText(name, entry);
  if (simple !== undefined) return simple;
  if (isLongKey(name)) return undefined;
  const { text, anchors } = emitAt(entryMapping(entry), 2);
  return anchors > 0 ? undefined : headerLine(name, 1) + text;
}
