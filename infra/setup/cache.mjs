// @ts-check
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where what is fetched or compiled once per user is kept: `REPRISE_CACHE_DIR`, else the platform's own place.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string}
 */
export function cacheDir(env = process.env) {
  if (env['REPRISE_CACHE_DIR']) return env['REPRISE_CACHE_DIR'];
  const home = env['HOME'] || homedir();
  if (process.platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(home, 'AppData/Local'), 'reprise');
  if (process.platform === 'darwin') return join(home, 'Library/Caches/reprise');
  return join(env['XDG_CACHE_HOME'] || join(home, '.cache'), 'reprise');
}
