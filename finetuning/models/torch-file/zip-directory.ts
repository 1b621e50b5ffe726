import type { ByteFile } from '../weights/byte-file.js';
import { badTorchFile } from './bad-torch-file.js';

/** Where an entry's bytes lie in the file. */
export interface ZipEntry {
  readonly begin: number;
  readonly bytes: number;
  /** Not in torch's own files: it stores bytes as they are, so that they can be read in place. */
  readonly compressed?: true;
}

const END = 0x06054b50;
const END_BYTES = 22;
const END64_LOCATOR = 0x07064b50;
const END64_LOCATOR_BYTES = 20;
const END64 = 0x06064b50;
const END64_BYTES = 56;
const CENTRAL = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
/** A comment may follow the end record. */
const MAX_COMMENT = 0xffff;
const IN_ZIP64 = 0xffffffff;
const ZIP64_FIELD = 0x0001;
/** A directory of a million entries. A larger one is no state dict. */
const MAX_DIRECTORY_BYTES = 64 * 2 ** 20;

/**
 * The entries of a zip archive, from its central directory. Every one of them is checked to lie inside of the file, and nothing
 * is unpacked, so that none can grow in memory beyond its size on disk.
 *
 * Source: PKWARE's APPNOTE 6.3, 4.3 and 4.5.3.
 *
 * @throws DiagnosticError `bad-torch-file`
 */
export function readZipDirectory(source: ByteFile): ReadonlyMap<string, ZipEntry> {
  const bad = (message: string, expected?: string, found?: string): Error =>
    badTorchFile(source.file, message, {
      ...(expected === undefined ? {} : { expected }),
      ...(found === undefined ? {} : { found }),
    });
  const read = (position: number, length: number): Buffer =>
    Buffer.from(
      source.read(position, length, (expected, found) => bad('the archive is truncated', expected, found)),
    );
  const { start, bytes } = findDirectory(source, read, bad);
  if (bytes > MAX_DIRECTORY_BYTES)
    throw bad("the archive's directory is too large", `${MAX_DIRECTORY_BYTES} bytes`, `${bytes} bytes`);
  const directory = read(start, bytes);
  const entries = new Map<string, ZipEntry>();
  for (let at = 0; at < directory.length;) {
    if (at + CENTRAL_BYTES > directory.length || directory.readUInt32LE(at) !== CENTRAL)
      throw bad("the archive's directory is damaged", `an entry at ${start + at}`);
    const flags = directory.readUInt16LE(at + 8);
    const method = directory.readUInt16LE(at + 10);
    const nameBytes = directory.readUInt16LE(at + 28);
    const extraBytes = directory.readUInt16LE(at + 30);
    const commentBytes = directory.readUInt16LE(at + 32);
    const next = at + CENTRAL_BYTES + nameBytes + extraBytes + commentBytes;
    if (next > directory.length) throw bad("the archive's directory is damaged", `an entry at ${start + at}`);
    const name = directory.toString('utf8', at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes);
    const extra = directory.subarray(at + CENTRAL_BYTES + nameBytes, next - commentBytes);
    const sizes = {
      plain: directory.readUInt32LE(at + 24),
      packed: directory.readUInt32LE(at + 20),
      local: directory.readUInt32LE(at + 42),
    };
    const wide = widened(sizes, extra);
    if (!wide) throw bad(`the archive's entry ${name} has sizes that cannot be read`);
    if (flags & 1) throw bad(`the archive's entry ${name} is encrypted`);
    if (entries.has(name)) throw bad(`the archive has two entries named ${name}`);
    const header = read(wide.local, LOCAL_BYTES);
    if (header.readUInt32LE(0) !== LOCAL)
      throw bad(`the archive's entry ${name} is not where its directory says`);
    const begin = wide.local + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
    if (begin + wide.packed > start)
      throw bad(`the archive's entry ${name} reaches beyond its end`, `at most ${start}`, `${begin + wide.packed}`); // prettier-ignore
    const compressed = method !== 0 || wide.plain !== wide.packed;
    entries.set(name, { begin, bytes: wide.packed, ...(compressed ? { compressed } : {}) });
    at = next;
  }
  return entries;
}

type Read = (position: number, length: number) => Buffer;
type Bad = (message: string, expected?: string, found?: string) => Error;

function findDirectory(source: ByteFile, read: Read, bad: Bad): { start: number; bytes: number } {
  const tailBytes = Math.min(source.bytes, END_BYTES + MAX_COMMENT);
  const tailStart = source.bytes - tailBytes;
  const tail = read(tailStart, tailBytes);
  let at = tail.length - END_BYTES;
  // The record that is meant is the last one whose comment reaches to the end of the file.
  while (at >= 0 && !(tail.readUInt32LE(at) === END && at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length)) at--; // prettier-ignore
  if (at < 0) throw bad('the archive has no end: it is truncated');
  let bytes = tail.readUInt32LE(at + 12);
  let start = tail.readUInt32LE(at + 16);
  const locator = tailStart + at - END64_LOCATOR_BYTES;
  if (locator >= 0) {
    const record = read(locator, END64_LOCATOR_BYTES);
    if (record.readUInt32LE(0) === END64_LOCATOR) {
      const end64 = read(sizeOf(record, 8, bad), END64_BYTES);
      if (end64.readUInt32LE(0) !== END64) throw bad("the archive's zip64 end is not where it says");
      bytes = sizeOf(end64, 40, bad);
      start = sizeOf(end64, 48, bad);
    }
  }
  if (start + bytes > tailStart + at)
    throw bad("the archive's directory reaches beyond its end", `at most ${tailStart + at}`, `${start + bytes}`); // prettier-ignore
  return { start, bytes };
}

function sizeOf(buffer: Buffer, at: number, bad: Bad): number {
  const size = Number(buffer.readBigUInt64LE(at));
  if (Number.isSafeInteger(size)) return size;
  throw bad('the archive states a size that no file has', undefined, `${size} bytes`);
}

type Sizes = Record<'plain' | 'packed' | 'local', number>;

/** What does not fit into 32 bits stands in an extra field, in this order. */
function widened(sizes: Sizes, extra: Buffer): Sizes | undefined {
  const order = (['plain', 'packed', 'local'] as const).filter((key) => sizes[key] === IN_ZIP64);
  if (order.length === 0) return sizes;
  const wide = { ...sizes };
  for (let at = 0; at + 4 <= extra.length;) {
    const bytes = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === ZIP64_FIELD) {
      if (bytes < order.length * 8 || at + 4 + bytes > extra.length) return undefined;
      order.forEach((key, index) => (wide[key] = Number(extra.readBigUInt64LE(at + 4 + index * 8))));
      return Object.values(wide).every(Number.isSafeInteger) ? wide : undefined;
    }
    at += 4 + bytes;
  }
  return undefined;
}
