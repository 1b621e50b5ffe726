import { statSync, type BigIntStats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { LockEntry } from '../../types.js';
import { arrange, type MergeOrder } from './order.js';
import { HEAD, cutSections, readSection, writtenAlone, type Section } from './sections.js';

/** A lock file that looks as DVC writes it, as it is on disk. */
export interface KnownLock {
  readonly bytes: Buffer;
  /** In the file's order. */
  readonly sections: readonly Section[];
  readonly byName: Map<string, Section>;
}

/** A lock file as it is to be. */
export interface MergedLock extends KnownLock {
  /** Not yet in `byName`. */
  readonly changed: readonly Section[];
}

/**
 * Lock files as they were last seen, or written by us: a run reads dvc.lock for each of its stages, and writes it as often. That of
 * ten thousand stages has 3 MB.
 */
const recent = new Map<string, { readonly stamp: string | undefined; readonly lock: KnownLock }>();
const KEPT = 4;

/** A file system may count whole seconds: a file that young may change again and look the same. */
const SETTLED_NS = 2_000_000_000n;

/**
 * What a lock file says. It is read again only when it has changed, and only stages that changed are parsed.
 *
 * @returns a text when the file looks otherwise or is damaged: it has to be parsed as a whole; undefined when there is none
 */
export async function readKnown(path: string): Promise<KnownLock | string | undefined> {
  const known = recent.get(path);
  try {
    const info = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (!info) {
      recent.delete(path);
      return undefined;
    }
    const stamp = stampOf(info);
    if (known?.stamp === stamp) return known.lock;
    const bytes = await readFile(path);
    const lock = knownLock(bytes, known?.lock.sections);
    if (!lock) {
      recent.delete(path);
      return bytes.toString();
    }
    const isSettled = BigInt(Date.now()) * 1_000_000n - info.mtimeNs > SETTLED_NS;
    const isWhole = isSettled && stampOf(await stat(path, { bigint: true })) === stamp;
    remember(path, lock, isWhole ? stamp : undefined);
    return lock;
  } catch (error) {
    recent.delete(path);
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What {@link mergeKnown} made is on disk now, in a new file. */
export function wroteKnown(path: string, { changed, ...lock }: MergedLock, info: BigIntStats): void {
  for (const section of changed) lock.byName.set(section.name, section);
  // Where whole seconds are counted, it has to be read again.
  remember(path, lock, info.mtimeNs % 1_000_000_000n === 0n ? undefined : stampOf(info));
}

function remember(path: string, lock: KnownLock, stamp: string | undefined): void {
  // The one that was asked for last goes to the end.
  recent.delete(path);
  recent.set(path, { stamp, lock });
  for (const oldest of recent.keys()) {
    if (recent.size <= KEPT) break;
    recent.delete(oldest);
  }
}

function stampOf({ ino, size, mtimeNs }: BigIntStats): string {
  return `${ino}:${size}:${mtimeNs}`;
}

function knownLock(bytes: Buffer, before?: readonly Section[]): KnownLock | undefined {
  const text = bytes.toString();
  // Where bytes are no text, lengths would not be those of the file.
  if (Buffer.byteLength(text) !== bytes.length) return undefined;
  const sections = cutSections(text, before);
  return sections && { bytes, sections, byName: new Map(sections.map((one) => [one.name, one])) };
}

/**
 * A lock with `entries` put in: with the same bytes when it says so already. Undefined where what is there cannot be taken over as
 * it is, or what comes would be read otherwise alone than in its place.
 */
export function mergeKnown(
  lock: KnownLock,
  entries: ReadonlyMap<string, LockEntry>,
  order: MergeOrder,
): MergedLock | undefined {
  const { byName } = lock;
  if (!lock.sections.every(({ isAsWritten }) => isAsWritten)) return undefined;
  const changed = new Map<string, Section>();
  for (const [name, entry] of entries) {
    const lines = writtenAlone(name, entry);
    if (lines === undefined) return undefined;
    if (lines === byName.get(name)?.text) continue;
    const section = readSection(lines);
    if (section?.name !== name || !section.isAsWritten) return undefined;
    changed.set(name, section);
  }
  const present = lock.sections.map(({ name }) => name);
  const names = arrange(present, [...entries.keys()], order, (name) => byName.has(name));
  const sections = names.flatMap((name) => changed.get(name) ?? byName.get(name) ?? []);
  const bytes = assemble(lock, sections);
  return bytes && { bytes, sections, byName, changed: [...changed.values()] };
}

/** What stays in its place is copied in one piece with what stands beside it. Undefined when something has moved. */
function assemble({ bytes, sections }: KnownLock, wanted: readonly Section[]): Buffer | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  let from = 0;
  let to = HEAD.length;
  for (const section of wanted) {
    const old = sections[at];
    const isThere = section === old;
    if (!isThere) {
      parts.push(bytes.subarray(from, to), Buffer.from(section.text));
      from = to;
    }
    if (old?.name !== section.name) continue;
    to += old.bytes;
    if (!isThere) from = to;
    at++;
  }
  if (at < sections.length) return undefined;
  return parts.length === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(from, to)]);
}
