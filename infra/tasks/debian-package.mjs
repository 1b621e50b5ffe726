// @ts-check
import { run } from '../setup/children.mjs';
import { findOnPath } from '../setup/find-on-path.mjs';

/**
 * A program for the tests, from Debian's packages where we may install them; elsewhere the suites that need it are skipped.
 *
 * @param {{ name: string, what: string, packages: readonly string[], find: (env: NodeJS.ProcessEnv) => string | undefined }} wanted
 * @param {import('../setup/step.mjs').Context} context
 * @param {import('../setup/report.mjs').Report} report
 * @returns {Promise<string | undefined>} where it is
 */
export async function makeDebianPackage({ name, what, packages, find }, { env }, report) {
  const found = find(env);
  const apt = findOnPath(['apt-get'], env);
  if (found || !apt || process.getuid?.() !== 0) return found;
  const since = Date.now();
  report.started(name, `installing ${what} for the tests`);
  const options = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' } };
  await run(apt, ['update', '-qq'], options);
  const { code } = await run(apt, ['install', '-y', '-qq', '--no-install-recommends', ...packages], options);
  const seconds = (Date.now() - since) / 1000;
  const message = code === 0 ? 'installed' : 'cannot be installed: the suites that need it are skipped';
  report.finished(name, { message, seconds, already: false });
  return find(env);
}
