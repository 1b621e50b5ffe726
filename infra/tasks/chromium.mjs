// @ts-check
import { run } from '../setup/children.mjs';
import { findOnPath } from '../setup/find-on-path.mjs';

/** @param {NodeJS.ProcessEnv} env */
export function findChromium(env) {
  return env['CHROMIUM_PATH'] || findOnPath(['chromium', 'chromium-browser', 'google-chrome'], env);
}

/**
 * A browser for the suites that look at pages. Debian's is installed where we may; elsewhere those suites are skipped.
 *
 * @param {import('../setup/step.mjs').Context} context
 * @param {import('../setup/report.mjs').Report} report
 * @returns {Promise<string | undefined>}
 */
export async function makeChromium({ env }, report) {
  const found = findChromium(env);
  const apt = findOnPath(['apt-get'], env);
  if (found || !apt || process.getuid?.() !== 0) return found;
  const since = Date.now();
  report.started('chromium', 'installing the browser for the tests');
  const options = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' } };
  await run(apt, ['update', '-qq'], options);
  const { code } = await run(
    apt,
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
    options,
  );
  const seconds = (Date.now() - since) / 1000;
  const message = code === 0 ? 'installed' : 'cannot be installed: the suites that need it are skipped';
  report.finished('chromium', { message, seconds, already: false });
  return findChromium(env);
}
