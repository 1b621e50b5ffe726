import { createHash } from 'node:crypto';

/** File systems take 255 bytes, some of which an ending needs. */
const LONGEST = 200;
const BEGINNING = 120;

/** A stage's address as the name of a file or folder: a letter of other scripts is nine characters there. */
export function stageFileName(address: string): string {
  const name = encodeURIComponent(address);
  if (name.length <= LONGEST) return name;
  return `${name.slice(0, BEGINNING)}~${createHash('sha256').update(address).digest('hex').slice(0, 32)}`;
}
