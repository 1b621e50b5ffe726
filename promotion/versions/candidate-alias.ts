import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeBeside } from '../../dvc/index.js';
import { insideProject } from './paths.js';

const candidateAlias = z.object({ version: z.number().int().min(1) });

export const candidateFile = (final: string): string => join(final, 'candidate.json');

/** The version that was registered to be promoted. @returns undefined when none was since the last promotion */
export async function readCandidate(root: string, final: string): Promise<number | undefined> {
  const text = await readFile(await insideProject(root, candidateFile(final)), 'utf8').catch(() => '');
  try {
    return candidateAlias.parse(JSON.parse(text)).version;
  } catch {
    return undefined;
  }
}

export async function setCandidate(root: string, final: string, version: number): Promise<void> {
  await writeBeside(
    await insideProject(root, candidateFile(final)),
    `${JSON.stringify({ version }, undefined, 2)}\n`,
  );
}

/** What has come into production is no candidate any more. @returns whether it was one */
export async function clearCandidate(root: string, final: string, version: number): Promise<boolean> {
  if ((await readCandidate(root, final)) !== version) return false;
  await rm(await insideProject(root, candidateFile(final)), { force: true });
  return true;
}
