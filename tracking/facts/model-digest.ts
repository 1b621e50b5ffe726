import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** SHA-256 of a model's folder: by it the run is found that made it, wherever the folder has been brought since. */
export async function modelDigest(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const all = createHash('sha256');
  for (const name of names.sort()) {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(join(folder, name))) hash.update(chunk as Buffer);
    all.update(`${name} ${hash.digest('hex')}\n`);
  }
  return all.digest('hex');
}
