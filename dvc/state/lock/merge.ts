import type { LockEntry } from '../../types.js';
import { entryMapping } from './entry.js';
import { arrange, type MergeOrder } from './order.js';
import { parseLockText, stagesOf } from './read.js';
import { HEAD, sectionsOf, writtenAlone, type Section } from './sections.js';
import { emitAt, headerLine, isLongKey, rootPairs, segmentsOf, type Segment } from './segments.js';

/**
 * The text of a lock file with `entries` put in. Entries that came since the run began stand last and in planned order, so
 * that stages that ended in another order give the bytes that a sequential `dvc repro` gives. Entries of stages that are gone
 * stay, as with DVC.
 *
 * @param text undefined when there is no file yet
 * @param path tells files apart whose texts are kept from one call to the next
 * @throws DiagnosticError `lock-conflict`, `yaml-syntax`, `bad-lock`
 */
export function mergeLock(
  text: string | undefined,
  entries: ReadonlyMap<string, LockEntry>,
  order: MergeOrder,
  shownAs: string,
  path = shownAs,
): string {
  const sections = text === undefined ? undefined : sectionsOf(text, path);
  const merged = sections && mergeSections(sections, entries, order);
  if (merged !== undefined) return merged;
  const before = text === undefined ? "schema: '2.0'\n" : text.endsWith('\n') ? text : `${text}\n`;
  const source = parseLockText(before, shownAs);
  const pairs = rootPairs(source);
  const top = segmentsOf(source, pairs, 0, before.length);
  const head = before.slice(0, before.length - top.reduce((sum, segment) => sum + segment.text.length, 0));
  const stages = top.find(({ key }) => key === 'stages');
  const numbered = new Numbering();
  const parts = top.map((segment) => {
    if (segment !== stages) return numbered.render(segment);
    const at = before.indexOf(segment.text, head.length + lengthBefore(top, segment));
    const inner = segmentsOf(source, stagesOf(source)?.items ?? [], 1, at + segment.text.length);
    return segment.header + renderStages(inner, entries, order, numbered);
  });
  if (!stages) parts.push('stages:\n' + renderStages([], entries, order, numbered));
  return head + parts.join('');
}

/** As below, where what is there can be taken over as it is. Undefined where it cannot, or what comes has anchors. */
function mergeSections(
  sections: readonly Section[],
  entries: ReadonlyMap<string, LockEntry>,
  order: MergeOrder,
): string | undefined {
  const texts = new Map<string, string>();
  const present = sections.map(({ name }) => name);
  for (const { name, text, isAsWritten } of sections) {
    if (!isAsWritten) return undefined;
    texts.set(name, text);
  }
  for (const [name, entry] of entries) {
    const lines = writtenAlone(name, entry);
    if (lines === undefined) return undefined;
    texts.set(name, lines);
  }
  return (
    HEAD +
    arrange(present, [...entries.keys()], order)
      .map((name) => texts.get(name))
      .join('')
  );
}

function lengthBefore(segments: readonly Segment[], stop: Segment): number {
  return segments.slice(0, segments.indexOf(stop)).reduce((sum, { text }) => sum + text.length, 0);
}

function renderStages(
  present: readonly Segment[],
  entries: ReadonlyMap<string, LockEntry>,
  order: MergeOrder,
  numbered: Numbering,
): string {
  const byName = new Map(present.map((segment) => [segment.key, segment]));
  const names = arrange([...byName.keys()], [...entries.keys()], order);
  const parts = names.map((name) => {
    const segment = byName.get(name);
    const entry = entries.get(name);
    if (!entry) return segment ? numbered.render(segment) : '';
    if (isLongKey(name)) return numbered.emitWhole(name, entry);
    const header = segment?.header ?? headerLine(name, 1);
    return header + numbered.emit(entry);
  });
  return parts.join('');
}

/** DVC numbers anchors through the whole file. */
class Numbering {
  #next = 1;

  render(segment: Segment): string {
    return this.#count(segment.render(this.#next));
  }

  /** With its name. */
  emitWhole(name: string, entry: LockEntry): string {
    return this.#count(emitAt(new Map([[name, entryMapping(entry)]]), 1, this.#next));
  }

  emit(entry: LockEntry): string {
    return this.#count(emitAt(entryMapping(entry), 2, this.#next));
  }

  #count({ text, anchors }: { text: string; anchors: number }): string {
    this.#next += anchors;
    return text;
  }
}
