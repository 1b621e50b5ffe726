import { homedir } from 'node:os';
import { join } from 'node:path';

/** The user's cache folder for downloads: REPRISE_CACHE_DIR, else XDG_CACHE_HOME/reprise, else ~/.cache/reprise. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return env.REPRISE_CACHE_DIR || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'reprise');
}
