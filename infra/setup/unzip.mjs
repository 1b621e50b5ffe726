// @ts-check
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

/** @typedef {{ name: string, method: number, packed: number, size: number, offset: number, mode: number }} Entry */

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;

/**
 * Takes some files out of a zip archive (a wheel), a piece at a time. Archives over 4 GiB (zip64) are refused.
 * The digest of the archive has been checked by the caller, so the entries' CRCs are not.
 *
 * @param {string} archive
 * @param {(name: string) => string | undefined} place where to write the entry of this name; undefined leaves it out
 * @param {(bytes: number) => void} [onBytes] bytes written so far
 * @returns {Promise<number>} how many files were written
 */
export async function unzip(archive, place, onBytes) {
  const handle = await open(archive, 'r');
  let files = 0;
  let bytes = 0;
  try {
    for (const entry of await readDirectory(handle, archive)) {
      const target = entry.name.endsWith('/') ? undefined : place(entry.name);
      if (target === undefined) continue;
      await mkdir(dirname(target), { recursive: true });
      files += 1;
      if (entry.packed === 0) {
        await writeFile(target, '');
        continue;
      }
      const before = bytes;
      const count = new Transform({
        transform(chunk, _encoding, done) {
          bytes += chunk.length;
          onBytes?.(bytes);
          done(null, chunk);
        },
      });
      const start = await dataOffset(handle, entry);
      const source = createReadStream(archive, {
        start,
        end: start + entry.packed - 1,
        highWaterMark: 1 << 20,
      });
      const write = createWriteStream(target, { mode: entry.mode });
      if (entry.method === 0) await pipeline(source, count, write);
      else await pipeline(source, createInflateRaw({ chunkSize: 1 << 20 }), count, write);
      if (bytes - before !== entry.size) throw new Error(`${archive}: ${entry.name} is torn`);
    }
  } finally {
    await handle.close();
  }
  return files;
}

/**
 * The central directory, which stands at the end of the archive.
 *
 * @param {import('node:fs/promises').FileHandle} handle
 * @param {string} archive
 * @returns {Promise<Entry[]>}
 */
async function readDirectory(handle, archive) {
  const { size } = await handle.stat();
  // The end record is 22 bytes and a comment of at most 65,535.
  const tail = await read(handle, Math.max(0, size - 65_557), Math.min(size, 65_557));
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1;
  if (end < 0) throw new Error(`${archive} is not a zip archive`);
  const count = tail.readUInt16LE(end + 10);
  const length = tail.readUInt32LE(end + 12);
  const offset = tail.readUInt32LE(end + 16);
  if (count === 0xffff || offset === 0xffffffff) throw new Error(`${archive} is a zip64 archive`);
  const directory = await read(handle, offset, length);
  /** @type {Entry[]} */
  const entries = [];
  for (let at = 0; entries.length < count;) {
    if (directory.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error(`${archive}: its directory is torn`);
    const nameLength = directory.readUInt16LE(at + 28);
    const name = directory.toString('utf8', at + 46, at + 46 + nameLength);
    if (name.startsWith('/') || name.split('/').includes('..')) {
      throw new Error(`${archive}: ${name} points outside of the archive`);
    }
    entries.push({
      name,
      method: directory.readUInt16LE(at + 10),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
      // The upper half of the external attributes, where the archive was made on Unix.
      mode: directory.readUInt16LE(at + 40) & 0o777 || 0o644,
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/**
 * Where an entry's data begins: after its local header, whose extra field may differ from the directory's.
 *
 * @param {import('node:fs/promises').FileHandle} handle
 * @param {Entry} entry
 */
async function dataOffset(handle, entry) {
  const header = await read(handle, entry.offset, 30);
  return entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
}

/**
 * @param {import('node:fs/promises').FileHandle} handle
 * @param {number} position
 * @param {number} length
 */
async function read(handle, position, length) {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
