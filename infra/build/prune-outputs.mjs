// @ts-check
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** @type {readonly (readonly [output: RegExp, source: string])[]} */
const SOURCES = [
  [/\.(?:js|js\.map|d\.ts)$/, '.ts'],
  [/\.(?:mjs|mjs\.map|d\.mts)$/, '.mjs'],
];

/**
 * Deletes what the compiler made of sources that are gone: it leaves them, and a test or a worker could still load them.
 *
 * @param {string} root
 */
export async function pruneOutputs(root) {
  const dist = join(root, 'dist');
  for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.parentPath === dist) continue;
    const file = join(entry.parentPath, entry.name);
    for (const [output, source] of SOURCES) {
      if (output.test(file) && !existsSync(join(root, file.slice(dist.length).replace(output, source)))) {
        await rm(file);
      }
    }
  }
}
