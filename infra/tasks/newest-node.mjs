// @ts-check
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLines, run } from '../setup/children.mjs';
import { isNetworkFailure, networkFailure, SetupFailure } from '../setup/failure.mjs';
import { isExecutable } from '../setup/find-on-path.mjs';
import { withLock } from '../setup/lock.mjs';

/** The newest line of Node that the suites are tried on, whatever Node runs them: from the registry of npm. */
const VERSION = '26.12.1';
const PACKAGE = `node-${process.platform}-${process.arch}`;

/** @param {string} cache */
const folderOf = (cache) => join(cache, 'node', VERSION);

/** @param {string} folder */
const programOf = (folder) => join(folder, 'node_modules', PACKAGE, 'bin', 'node');

/**
 * What is in the cache.
 *
 * @param {string} cache
 */
export function findNewestNode(cache) {
  const program = programOf(folderOf(cache));
  return isExecutable(program) ? program : undefined;
}

/**
 * Found, else fetched by npm, which checks its digest.
 *
 * @param {import('../setup/step.mjs').Context} context
 * @param {import('../setup/report.mjs').Report} report
 * @returns {Promise<string>} the program
 */
export async function makeNewestNode({ cache, env }, report) {
  const folder = folderOf(cache);
  await withLock(
    `${folder}.lock`,
    ({ pid }) => report.note(`process ${pid} is fetching Node ${VERSION}; waiting for it`),
    async () => {
      if (findNewestNode(cache)) return;
      const since = Date.now();
      report.started('node', `fetching Node ${VERSION} for the tests`);
      const fresh = `${folder}-new`;
      await rm(fresh, { recursive: true, force: true });
      await mkdir(fresh, { recursive: true });
      const flags = ['--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--no-package-lock'];
      const { code, output } = await run(
        'npm',
        ['install', '--prefix', fresh, ...flags, `${PACKAGE}@${VERSION}`],
        {
          env,
          cwd: fresh,
        },
      );
      if (code !== 0) {
        if (isNetworkFailure(output)) throw networkFailure(`Node ${VERSION}`, lastLines(output, 3));
        throw new SetupFailure(
          'newest-node',
          `npm could not fetch ${PACKAGE}@${VERSION}, on which the tests are tried`,
          'see what npm said; npm test without --all does not need it',
          lastLines(output),
        );
      }
      await rm(folder, { recursive: true, force: true });
      await rename(fresh, folder);
      const seconds = (Date.now() - since) / 1000;
      report.finished('node', { message: `Node ${VERSION} for the tests`, seconds, already: false });
    },
  );
  return programOf(folder);
}
