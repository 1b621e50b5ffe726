// @ts-check
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir } from './cache.mjs';
import { lastLines, run } from './children.mjs';
import { isNetworkFailure, networkFailure, SetupFailure } from './failure.mjs';
import { findOnPath, isExecutable } from './find-on-path.mjs';
import { withLock } from './lock.mjs';

/** The S3 server that the tests of remotes speak to; nothing that a user runs needs it. */
const VERSION = '1.8.0';
const MODULE = `github.com/versity/versitygw/cmd/versitygw@v${VERSION}`;
/** How many packages the build compiles from an empty cache, for the progress. */
const PACKAGES = 550;

/** @param {string} cache */
const builtAt = (cache) => join(cache, 'versitygw', VERSION, 'versitygw');

/**
 * The server that is there: `VERSITYGW_PATH`, else on PATH, else what was built into the cache.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 * @throws {SetupFailure} `versitygw-path` when the variable names something else
 */
export function findVersitygw(env = process.env) {
  const named = env['VERSITYGW_PATH'];
  if (named) {
    if (isExecutable(named)) return named;
    throw new SetupFailure(
      'versitygw-path',
      `VERSITYGW_PATH names ${named}, which is not a program`,
      'unset VERSITYGW_PATH, or set it to the path of the program `versitygw`',
    );
  }
  const built = builtAt(cacheDir(env));
  return findOnPath(['versitygw'], env) ?? (isExecutable(built) ? built : undefined);
}

/**
 * Found, else built from source by Go, which keeps what it has compiled: an interrupted build goes on where it was.
 *
 * @param {import('./step.mjs').Context} context
 * @param {import('./report.mjs').Report} report
 * @returns {Promise<string>} the program
 */
export async function makeVersitygw({ cache, env }, report) {
  const found = findVersitygw(env);
  if (found) return found;
  const go = findOnPath(['go'], env);
  if (!go) {
    throw new SetupFailure(
      'versitygw-missing',
      'the tests of remotes need an S3 server, and there is no Go to build it with',
      'install Go 1.25 or newer (https://go.dev/dl); or install versitygw and name it in VERSITYGW_PATH',
    );
  }
  const file = builtAt(cache);
  await withLock(
    `${file}.lock`,
    ({ pid }) => report.note(`process ${pid} is building versitygw; waiting for it`),
    async () => {
      if (isExecutable(file)) return;
      const since = Date.now();
      report.started('versitygw', `building versitygw ${VERSION}, the S3 server for the tests`);
      await build(go, file, env, (done) =>
        report.progress('versitygw', {
          message: 'building',
          done,
          total: Math.max(PACKAGES, done),
          unit: 'packages',
        }),
      );
      const seconds = (Date.now() - since) / 1000;
      report.finished('versitygw', { message: `versitygw ${VERSION} built`, seconds, already: false });
    },
  );
  return file;
}

/**
 * @param {string} go
 * @param {string} file
 * @param {NodeJS.ProcessEnv} env
 * @param {(packages: number) => void} onPackage
 */
async function build(go, file, env, onPackage) {
  const folder = `${file}-build`;
  await mkdir(folder, { recursive: true });
  let packages = 0;
  const { code, output } = await run(go, ['install', '-v', '-ldflags=-s -w', MODULE], {
    env: { ...env, GOBIN: folder, CGO_ENABLED: '0', GOOS: '', GOARCH: '' },
    onLine: (line) => {
      if (!line.includes(' ')) onPackage((packages += 1));
    },
  });
  const built = join(folder, 'versitygw');
  if (code !== 0 || !existsSync(built)) {
    if (isNetworkFailure(output)) throw networkFailure('the sources of versitygw', lastLines(output, 3));
    throw new SetupFailure(
      'versitygw-build-failed',
      'Go could not build versitygw, the S3 server for the tests',
      'install versitygw (https://github.com/versity/versitygw) and name it in VERSITYGW_PATH',
      lastLines(output),
    );
  }
  await rename(built, file);
  await rm(folder, { recursive: true });
}
