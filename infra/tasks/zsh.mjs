// @ts-check
import { findOnPath } from '../setup/find-on-path.mjs';
import { makeDebianPackage } from './debian-package.mjs';

/**
 * A shell whose completion is tried.
 *
 * @param {import('../setup/step.mjs').Context} context
 * @param {import('../setup/report.mjs').Report} report
 */
export async function makeZsh(context, report) {
  await makeDebianPackage(
    { name: 'zsh', what: 'the shell zsh', packages: ['zsh'], find: (env) => findOnPath(['zsh'], env) },
    context,
    report,
  );
}
