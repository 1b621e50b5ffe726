// @ts-check
import { existsSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastLines, run } from './children.mjs';
import { TEMPORAL_CLI_VERSION } from './temporal-version.mjs';

/** A download that has not begun by then, or stands still for as long, is given up. Milliseconds. */
const PATIENCE = 15_000;

/**
 * Has Temporal's SDK download the CLI, in a child process, since the SDK knows no time-out.
 *
 * @param {{ root: string, file: string, env: NodeJS.ProcessEnv, progress: (progress: import('./report.mjs').Progress) => void }} options
 * @returns {Promise<string | undefined>} why it did not come
 */
export async function downloadTemporalCli({ root, file, env, progress }) {
  const folder = join(dirname(file), 'download');
  await mkdir(folder, { recursive: true });
  const downloaded = join(folder, `temporal-v${TEMPORAL_CLI_VERSION}`);
  const giveUp = new AbortController();
  let bytes = 0;
  let moved = Date.now();
  const watch = setInterval(() => {
    const size = sizeOf(`${downloaded}.downloading`) || sizeOf(downloaded);
    if (size !== bytes) moved = Date.now();
    bytes = size;
    if (bytes > 0) progress({ message: 'downloading the Temporal CLI', done: bytes });
    if (Date.now() - moved > PATIENCE) giveUp.abort();
  }, 250);
  const child = fileURLToPath(new URL('./download-temporal-child.mjs', import.meta.url));
  const { code, output } = await run(process.execPath, [child, root, folder, `v${TEMPORAL_CLI_VERSION}`], {
    env,
    signal: giveUp.signal,
  });
  clearInterval(watch);
  if (giveUp.signal.aborted) return `nothing came for ${PATIENCE / 1000} s`;
  if (code !== 0 || !existsSync(downloaded)) return lastLines(output, 2);
  await rename(downloaded, file);
  await rm(folder, { recursive: true });
  return undefined;
}

/** @param {string} file */
function sizeOf(file) {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
