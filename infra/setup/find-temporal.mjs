// @ts-check
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from './cache.mjs';
import { run } from './children.mjs';
import { SetupFailure } from './failure.mjs';
import { findOnPath, isExecutable } from './find-on-path.mjs';
import { TEMPORAL_CLI_VERSION } from './temporal-version.mjs';

/** @typedef {{ path: string, source: 'TEMPORAL_CLI_PATH' | 'PATH' | 'cache', version: string }} TemporalCli */

/**
 * Where the set-up puts the CLI that it fetches or builds.
 *
 * @param {string} cache
 */
export function fetchedTemporalCli(cache) {
  return join(
    cache,
    'temporal',
    TEMPORAL_CLI_VERSION,
    process.platform === 'win32' ? 'temporal.exe' : 'temporal',
  );
}

/**
 * The Temporal CLI that is there: `TEMPORAL_CLI_PATH`, else on PATH, else what the set-up put into the cache. A program
 * is asked for its version once, and again when it has changed.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<TemporalCli | undefined>}
 * @throws {SetupFailure} `temporal-cli-path` when the variable names something else
 */
export async function findTemporalCli(env = process.env) {
  const named = env['TEMPORAL_CLI_PATH'];
  if (named) {
    const version = isExecutable(named) ? await versionOf(named, env) : undefined;
    if (version) return { path: named, source: 'TEMPORAL_CLI_PATH', version };
    throw new SetupFailure(
      'temporal-cli-path',
      `TEMPORAL_CLI_PATH names ${named}, which is not a Temporal CLI`,
      'unset TEMPORAL_CLI_PATH, or set it to the path of the program `temporal`',
    );
  }
  const onPath = findOnPath(['temporal'], env);
  if (onPath) {
    const version = await versionOf(onPath, env);
    if (version) return { path: onPath, source: 'PATH', version };
  }
  const fetched = fetchedTemporalCli(cacheDir(env));
  if (!isExecutable(fetched)) return undefined;
  const version = await versionOf(fetched, env);
  return version ? { path: fetched, source: 'cache', version } : undefined;
}

/**
 * @param {string} path
 * @param {NodeJS.ProcessEnv} env
 */
async function versionOf(path, env) {
  const { size, mtimeMs } = statSync(path);
  const memo = join(cacheDir(env), 'temporal', 'versions.json');
  /** @type {Record<string, { size: number, mtimeMs: number, version: string }>} */
  const known = readJson(memo);
  const before = known[path];
  if (before?.size === size && before.mtimeMs === mtimeMs) return before.version;
  const { stdout } = await run(path, ['--version'], { env });
  const version = /temporal version (\S+)/.exec(stdout)?.[1];
  if (version === undefined) return undefined;
  try {
    mkdirSync(join(memo, '..'), { recursive: true });
    writeFileSync(memo, JSON.stringify({ ...known, [path]: { size, mtimeMs, version } }));
  } catch {
    // A read-only cache only costs asking again.
  }
  return version;
}

/** @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}
