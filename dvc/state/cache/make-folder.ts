import { chmod, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ProjectConfig } from '../../types.js';
import { folderMode } from './paths.js';

/** Makes a folder of the cache, with those above it. */
export async function makeFolder(config: ProjectConfig, folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true });
  // mkdir heeds the umask: a shared cache's folders need their mode set, each one that was made.
  if (made === undefined || !config.sharedGroup) return;
  for (let at = folder; at.length >= made.length; at = dirname(at)) await chmod(at, folderMode(config));
}
