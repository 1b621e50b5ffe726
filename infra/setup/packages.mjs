// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, run } from './children.mjs';
import { isNetworkFailure, networkFailure, SetupFailure } from './failure.mjs';
import { findOnPath } from './find-on-path.mjs';
import { isCheckout } from './root.mjs';

/** @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }>} LockedPackages */

/**
 * So many requests that fail one after the other mean that there is no network. npm itself tries each of 700 packages three
 * times, with pauses, before it says so: two minutes.
 */
const HOPELESS = 30;

/**
 * The locked npm packages, without their install scripts. Only a checkout needs this: a published package's dependencies
 * are installed by the project that uses it.
 *
 * @type {import('./step.mjs').Step}
 */
export const packagesStep = {
  name: 'packages',

  async find({ root }) {
    if (!isCheckout(root)) return 'installed with the package';
    const locked = readPackages(join(root, 'package-lock.json'));
    const installed = readPackages(join(root, 'node_modules/.package-lock.json'));
    return locked && installed && agree(locked, installed)
      ? `${Object.keys(installed).length} packages`
      : undefined;
  },

  async check({ env }) {
    requireNpm(env);
  },

  async make({ root, env }, progress) {
    const npm = requireNpm(env);
    let fetched = 0;
    let failures = 0;
    const giveUp = new AbortController();
    // A line for each archive that comes, from the network or npm's cache, at this log level.
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=http', '--no-progress'];
    const { code, output } = await run(npm, args, {
      cwd: root,
      env: { ...env, npm_config_yes: 'true' },
      signal: giveUp.signal,
      onLine: (line) => {
        if (/^npm http .*\battempt \d+ failed with E/.test(line)) {
          failures += 1;
          if (failures >= HOPELESS) giveUp.abort();
        } else if (line.startsWith('npm http')) failures = 0;
        if (/^npm http .*\.tgz/.test(line)) {
          progress({ message: 'fetching npm packages', done: (fetched += 1), unit: 'packages' });
        }
      },
    });
    if (giveUp.signal.aborted) {
      throw networkFailure('the npm packages', lastLines(output, 1));
    }
    if (code !== 0) {
      // npm names the reason first, and how `npm ci` is used after it.
      const said = output
        .split('\n')
        .filter((line) => /^npm error\s+\S/.test(line))
        .slice(0, 6)
        .join('\n');
      if (isNetworkFailure(said)) throw networkFailure('the npm packages', said);
      throw new SetupFailure(
        'npm-failed',
        'npm could not install the locked packages',
        `see what it says: npm ci --ignore-scripts   (in ${root})`,
        said,
      );
    }
    return `${Object.keys(readPackages(join(root, 'node_modules/.package-lock.json')) ?? {}).length} packages installed`;
  },
};

/** @param {NodeJS.ProcessEnv} env */
function requireNpm(env) {
  const npm = findOnPath(['npm'], env);
  if (npm) return npm;
  throw new SetupFailure(
    'npm-missing',
    'npm is not on PATH',
    'install Node.js with npm: https://nodejs.org/en/download',
  );
}

/**
 * @param {string} file
 * @returns {LockedPackages | undefined}
 */
function readPackages(file) {
  if (!existsSync(file)) return undefined;
  try {
    const { '': _project, ...packages } = JSON.parse(readFileSync(file, 'utf8')).packages;
    return packages;
  } catch {
    return undefined;
  }
}

/**
 * npm writes its own lock file into node_modules when an installation is whole, and removes it first when it starts one.
 * Packages for other platforms are locked but not installed.
 *
 * @param {LockedPackages} locked
 * @param {LockedPackages} installed
 */
function agree(locked, installed) {
  for (const [path, entry] of Object.entries(locked)) {
    const found = installed[path];
    if (!found && !entry.optional && !entry.devOptional) return false;
    if (found && (found.version !== entry.version || found.integrity !== entry.integrity)) return false;
  }
  return true;
}
