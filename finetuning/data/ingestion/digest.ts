import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** Bytes at a time: with node's 64 KiB, reading a model takes longer than hashing it. */
const highWaterMark = 2 ** 20;

/** Hex, as `sha256sum` prints it. */
export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark }), hash);
  return hash.digest('hex');
}

/** Subresource Integrity, as package registries state it: `sha512-` and base64. */
export async function sha512Integrity(path: string): Promise<string> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(path, { highWaterMark }), hash);
  return `sha512-${hash.digest('base64')}`;
}
