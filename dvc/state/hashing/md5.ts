import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Md5 } from '../../types.js';

/** DVC reads in pieces of this many bytes; its 2.x text hash depends on it. */
const CHUNK = 1 << 20;

/** @param size in bytes, where it is known: a small file then needs a small buffer */
export async function md5OfFile(path: string, size?: number): Promise<Md5> {
  const hash = createHash('md5');
  for await (const chunk of chunksOf(path, size)) hash.update(chunk);
  return hash.digest('hex') as Md5;
}

/**
 * A file piece by piece; the next one is read while one is worked on. A piece holds only until the next one is asked for: two buffers
 * take turns. Memory outside of V8's heap that comes and goes makes it collect garbage long before there is much.
 *
 * @param size in bytes, where it is known: a small file then has small buffers
 */
export async function* chunksOf(path: string, size = CHUNK): AsyncGenerator<Buffer> {
  const handle = await open(path, 'r');
  const length = Math.min(CHUNK, size + 1);
  const read = (into: Buffer) => handle.read(into, 0, length);
  let buffer: Buffer = Buffer.allocUnsafe(length);
  let spare: Buffer | undefined;
  let reading = read(buffer);
  try {
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      const whole = buffer;
      buffer = spare ?? Buffer.allocUnsafe(length);
      reading = read(buffer);
      yield whole.subarray(0, bytesRead);
      spare = whole;
    }
  } finally {
    await reading.catch(() => undefined);
    await handle.close();
  }
}

export function md5OfBytes(bytes: Uint8Array | string): Md5 {
  return createHash('md5').update(bytes).digest('hex') as Md5;
}

/** How much of a piece decides whether it is text. */
const SAMPLE = 512;

/**
 * DVC 2.x's `md5-dos2unix`: `\r\n` counts as `\n` in pieces that look like text. Entries without `hash:` in dvc.lock are of
 * this kind.
 */
export async function legacyMd5OfFile(path: string): Promise<Md5> {
  const hash = createHash('md5');
  let waiting: Buffer[] = [];
  let size = 0;
  const flush = () => {
    const piece = Buffer.concat(waiting);
    const isText = looksLikeText(piece.subarray(0, SAMPLE));
    hash.update(isText ? Buffer.from(piece.toString('latin1').replaceAll('\r\n', '\n'), 'latin1') : piece);
    waiting = [];
    size = 0;
  };
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) {
    let rest = chunk as Buffer;
    while (rest.length > 0) {
      const part = rest.subarray(0, CHUNK - size);
      waiting.push(part);
      size += part.length;
      rest = rest.subarray(part.length);
      if (size === CHUNK) flush();
    }
  }
  if (size > 0) flush();
  return hash.digest('hex') as Md5;
}

/** No NUL, and at most three bytes in ten outside printable ASCII and common controls. */
export function looksLikeText(sample: Buffer): boolean {
  if (sample.includes(0)) return false;
  const odd = sample.filter(
    (byte) => !((byte >= 32 && byte < 127) || [8, 9, 10, 12, 13].includes(byte)),
  ).length;
  return odd <= sample.length * 0.3;
}
