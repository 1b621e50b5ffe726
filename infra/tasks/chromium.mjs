// @ts-check
import { findOnPath } from '../setup/find-on-path.mjs';
import { makeDebianPackage } from './debian-package.mjs';

/** @param {NodeJS.ProcessEnv} env */
export function findChromium(env) {
  return env['CHROMIUM_PATH'] || findOnPath(['chromium', 'chromium-browser', 'google-chrome'], env);
}

/**
 * A browser for the suites that look at pages.
 *
 * @param {import('../setup/step.mjs').Context} context
 * @param {import('../setup/report.mjs').Report} report
 * @returns {Promise<string | undefined>}
 */
export function makeChromium(context, report) {
  const packages = ['chromium', 'fonts-dejavu-core'];
  return makeDebianPackage(
    { name: 'chromium', what: 'the browser', packages, find: findChromium },
    context,
    report,
  );
}
