// @ts-check
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lastLines, run } from './children.mjs';
import { isNetworkFailure, networkFailure, SetupFailure } from './failure.mjs';
import { findOnPath } from './find-on-path.mjs';
import { TEMPORAL_CLI_VERSION } from './temporal-version.mjs';

const MODULE = 'github.com/temporalio/cli/cmd/temporal';
/** As its releases are linked: without debugging tables, and with its version. */
const LINK = `-ldflags=-s -w -X github.com/temporalio/cli/temporalcli.Version=${TEMPORAL_CLI_VERSION}`;
/** How many packages the build compiles from an empty cache, for the progress. */
const PACKAGES = 1_300;

/** @param {NodeJS.ProcessEnv} env */
export async function findGo(env) {
  return findOnPath(['go'], env);
}

/**
 * Builds the CLI from source: 3.5 minutes on 2 cores. Go keeps what it has compiled, so that an interrupted build goes on
 * where it was.
 *
 * @param {{ file: string, env: NodeJS.ProcessEnv, progress: (progress: import('./report.mjs').Progress) => void }} options
 */
export async function buildTemporalCli({ file, env, progress }) {
  const go = findOnPath(['go'], env) ?? 'go';
  const folder = join(dirname(file), 'build');
  await mkdir(folder, { recursive: true });
  let modules = 0;
  let packages = 0;
  // `-v` names each package as it is compiled. The CLI's SQLite is pure Go: no C compiler is needed.
  const { code, output } = await run(go, ['install', '-v', LINK, `${MODULE}@v${TEMPORAL_CLI_VERSION}`], {
    env: { ...env, GOBIN: folder, CGO_ENABLED: '0', GOOS: '', GOARCH: '' },
    onLine: (line) => {
      if (line.startsWith('go: downloading')) {
        progress({ message: 'fetching the Temporal CLI’s sources', done: (modules += 1), unit: 'modules' });
      } else if (!line.includes(' ')) {
        packages += 1;
        progress({
          message: 'building the Temporal CLI',
          done: packages,
          total: Math.max(PACKAGES, packages),
          unit: 'packages',
        });
      }
    },
  });
  const built = join(folder, process.platform === 'win32' ? 'temporal.exe' : 'temporal');
  if (code !== 0 || !existsSync(built)) {
    if (isNetworkFailure(output))
      throw networkFailure('the sources of the Temporal CLI', lastLines(output, 3));
    throw new SetupFailure(
      'temporal-build-failed',
      'Go could not build the Temporal CLI',
      'install it (https://docs.temporal.io/cli) and put it on PATH or name it in TEMPORAL_CLI_PATH',
      lastLines(output),
    );
  }
  await rename(built, file);
  await rm(folder, { recursive: true });
}
