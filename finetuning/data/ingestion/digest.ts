import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** Bytes at a time: with node's 64 KiB, reading a model takes longer than hashing it. */
const highWaterMark = 2 ** 20;

/** Hex, as `sha256sum` prints it. */
export const sha256 = async (path: string): Promise<string> => (await digest('sha256', path)).toString('hex');

/** Hex, as `md5sum` prints it. */
export const md5 = async (path: string): Promise<string> => (await digest('md5', path)).toString('hex');

/** Subresource Integrity, as package registries state it: `sha512-` and base64. */
export const sha512Integrity = async (path: string): Promise<string> =>
  `sha512-${(await digest('sha512', path)).toString('base64')}`;

/** Piece by piece: node reads no file at once that is larger than 2 GiB. */
async function digest(algorithm: string, path: string): Promise<Buffer> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path, { highWaterMark }), hash);
  return hash.digest();
}
