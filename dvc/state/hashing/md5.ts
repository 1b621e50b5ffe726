import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Md5 } from '../../types.js';

/** DVC reads in pieces of this many bytes; its 2.x text hash depends on it. */
const CHUNK = 1 << 20;

export async function md5OfFile(path: string): Promise<Md5> {
  const hash = createHash('md5');
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) hash.update(chunk as Buffer);
  return hash.digest('hex') as Md5;
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
