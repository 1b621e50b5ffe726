import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { listFiles } from '../list-files.js';
import { sha256 } from './digest.js';

export const PROVENANCE_FILE = 'provenance.json';

const provenanceSchema = z.object({
  source: z.string(),
  integrity: z.string().optional(),
  /** What was asked for; absent: every file. */
  selection: z.array(z.string()).optional(),
  files: z.array(z.object({ path: z.string(), bytes: z.int(), sha256: z.string() })),
});

/** Where the raw data came from. No times and no machine's paths: the same source gives the same bytes. */
export type Provenance = z.output<typeof provenanceSchema>;

/** Lists every file now in `folder`, sorted by path. */
export async function describeFiles(folder: string): Promise<Provenance['files']> {
  const files: Provenance['files'] = [];
  for (const path of await listFiles(folder)) {
    if (path === PROVENANCE_FILE) continue;
    const file = join(folder, path);
    files.push({ path, bytes: (await stat(file)).size, sha256: await sha256(file) });
  }
  return files;
}

export async function writeProvenance(folder: string, provenance: Provenance): Promise<void> {
  await writeFile(join(folder, PROVENANCE_FILE), `${JSON.stringify(provenance, null, 2)}\n`);
}

/** `undefined` where there is none, or none that we wrote. */
export async function readProvenance(folder: string): Promise<Provenance | undefined> {
  try {
    return provenanceSchema.parse(JSON.parse(await readFile(join(folder, PROVENANCE_FILE), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Paths in `folder` that are not, byte for byte, what its provenance lists: altered, added or removed. */
export async function changedFiles(folder: string, provenance: Provenance): Promise<string[]> {
  const now = new Map((await describeFiles(folder)).map((file) => [file.path, file.sha256]));
  const then = new Map(provenance.files.map((file) => [file.path, file.sha256]));
  return [...new Set([...then.keys(), ...now.keys()])].filter((path) => now.get(path) !== then.get(path));
}
