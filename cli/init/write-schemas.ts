import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { packageRoot } from '../../infra/locate/index.js';

/** Where a project's files look for what an editor checks them by, and where the package has it. */
export const SCHEMAS = 'configs/schemas';

/**
 * Writes this version's JSON Schemas into a project.
 *
 * @returns what was written, relative to the folder: what was not so already
 */
export async function writeSchemas(folder: string): Promise<readonly string[]> {
  const from = join(packageRoot(), SCHEMAS);
  const written: string[] = [];
  await mkdir(join(folder, SCHEMAS), { recursive: true });
  for (const name of (await readdir(from)).sort()) {
    const content = await readFile(join(from, name));
    const path = posix.join(SCHEMAS, name);
    const before = await readFile(join(folder, path)).catch(() => undefined);
    if (before?.equals(content)) continue;
    await writeFile(join(folder, path), content);
    written.push(path);
  }
  return written;
}
