import { createHash } from 'node:crypto';

/** A file's name may have 255 bytes, of which endings take some. */
const MOST = 200;

/** A stage's address as the name of a file or folder: keys of a matrix join, and are as long as a person likes. */
export function addressName(address: string): string {
  const name = encodeURIComponent(address);
  if (name.length <= MOST) return name;
  const hash = createHash('sha256').update(address).digest('hex').slice(0, 32);
  return `${name.slice(0, MOST - hash.length - 1)}-${hash}`;
}
