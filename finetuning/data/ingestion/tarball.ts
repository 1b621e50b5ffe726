import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { DiagnosticError } from '../../../diagnostics/index.js';

const BLOCK = 512;
/** Bytes. Headers of extended names; real ones have a few hundred. */
const LONGEST_EXTENDED_HEADER = 1024 * 1024;

export interface TarEntry {
  /** As the archive states it, POSIX separators. Not yet checked for escapes: see `safeInside`. */
  readonly path: string;
  readonly size: number;
  /** The content, readable until the next entry is asked for. */
  readonly content: AsyncIterable<Buffer>;
}

/**
 * The regular files of a .tar.gz, streamed. Links, devices and folders are passed over, so that nothing in an archive
 * can point outside. Reads ustar, pax (`path`, `size`) and GNU long names.
 *
 * @throws DiagnosticError `bad-archive` naming the file
 */
export async function* tarEntries(path: string): AsyncGenerator<TarEntry> {
  const source = new BlockReader(path);
  const extended = new Map<string, string>();
  try {
    for (;;) {
      const header = await source.take(BLOCK);
      if (header.length === 0 || header.every((byte) => byte === 0)) return;
      const { name, size: statedSize, type } = parseHeader(header, path);
      const size = Number(extended.get('size') ?? statedSize);
      const padding = (BLOCK - (size % BLOCK)) % BLOCK;
      if (type === 'x' || type === 'L' || type === 'g') {
        if (size > LONGEST_EXTENDED_HEADER) throw broken(path, 'an extended header is too long');
        const body = await source.exactly(size);
        await source.exactly(padding);
        if (type === 'x') for (const [key, value] of paxRecords(body, path)) extended.set(key, value);
        if (type === 'L') extended.set('path', text(body));
        continue;
      }
      const content = source.stream(size);
      if (type === '0' || type === '\0' || type === '7')
        yield { path: extended.get('path') ?? name, size, content };
      // What the consumer left, and what nobody wants.
      for await (const chunk of content) void chunk;
      await source.exactly(padding);
      extended.clear();
    }
  } catch (cause) {
    if (cause instanceof DiagnosticError || !String((cause as NodeJS.ErrnoException).code).startsWith('Z_'))
      throw cause;
    throw broken(path, (cause as Error).message, cause);
  } finally {
    source.close();
  }
}

interface Header {
  readonly name: string;
  readonly size: number;
  readonly type: string;
}

function parseHeader(block: Buffer, archive: string): Header {
  if (block.length < BLOCK) throw broken(archive, 'it ends in the middle of a header');
  let sum = 0;
  // The checksum field itself counts as spaces.
  for (let at = 0; at < BLOCK; at++) sum += at >= 148 && at < 156 ? 0x20 : (block[at] as number);
  if (octal(block, 148, 8, archive) !== sum) throw broken(archive, 'a header has a wrong checksum');
  const prefix = block.toString('latin1', 257, 262) === 'ustar' ? text(block.subarray(345, 500)) : '';
  const name = text(block.subarray(0, 100));
  return {
    name: prefix ? `${prefix}/${name}` : name,
    size: octal(block, 124, 12, archive),
    type: String.fromCharCode(block[156] as number),
  };
}

function octal(block: Buffer, offset: number, length: number, archive: string): number {
  const digits = text(block.subarray(offset, offset + length)).trim();
  if (!/^[0-7]*$/.test(digits)) throw broken(archive, 'a header has a number that is not octal');
  return Number.parseInt(digits || '0', 8);
}

function text(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end);
}

/** `25 path=some/long/name\n`, where 25 is the length of the whole record in bytes. */
function* paxRecords(body: Buffer, archive: string): Generator<[string, string]> {
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const length = Number(body.toString('latin1', at, space));
    const record = body.toString('utf8', space + 1, at + length - 1);
    const equals = record.indexOf('=');
    if (
      space === -1 ||
      !Number.isInteger(length) ||
      length <= 0 ||
      at + length > body.length ||
      equals === -1
    )
      throw broken(archive, 'an extended header is damaged');
    yield [record.slice(0, equals), record.slice(equals + 1)];
    at += length;
  }
}

/** A gunzipped stream, read in pieces of the length wanted. */
class BlockReader {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #close: () => void;
  #rest = Buffer.alloc(0);

  constructor(readonly path: string) {
    const file = createReadStream(path);
    const gunzip = createGunzip();
    file.on('error', (error) => gunzip.destroy(error));
    file.pipe(gunzip);
    this.#chunks = gunzip[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    this.#close = () => {
      file.destroy();
      gunzip.destroy();
    };
  }

  /** Up to `length` bytes; fewer only at the end. */
  async take(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let missing = length; missing > 0;) {
      const part = await this.#some(missing);
      if (!part) break;
      parts.push(part);
      missing -= part.length;
    }
    return Buffer.concat(parts);
  }

  async exactly(length: number): Promise<Buffer> {
    const bytes = await this.take(length);
    if (bytes.length < length) throw broken(this.path, 'it ends in the middle of a file');
    return bytes;
  }

  /** Can be left halfway and taken up again: iterating once more gives what is left. */
  stream(length: number): AsyncIterable<Buffer> {
    let missing = length;
    const next = async (): Promise<IteratorResult<Buffer, undefined>> => {
      if (missing === 0) return { done: true, value: undefined };
      const part = await this.#some(missing);
      if (!part) throw broken(this.path, 'it ends in the middle of a file');
      missing -= part.length;
      return { done: false, value: part };
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }

  close(): void {
    this.#close();
  }

  async #some(most: number): Promise<Buffer | undefined> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done) return undefined;
      this.#rest = next.value as Buffer<ArrayBuffer>;
    }
    const part = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(part.length);
    return part;
  }
}

function broken(path: string, why: string, cause?: unknown): DiagnosticError {
  return new DiagnosticError('bad-archive', {
    message: `this archive cannot be read: ${why}`,
    at: { file: path },
    fix: 'remove it, so that it is fetched again',
    ...(cause === undefined ? {} : { cause }),
  });
}
