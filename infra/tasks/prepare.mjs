// @ts-check
import { build } from '../build/build.mjs';
import { cacheDir } from '../setup/cache.mjs';
import { killChildren } from '../setup/children.mjs';
import { textReport } from '../setup/report.mjs';
import { packageRoot } from '../setup/root.mjs';
import { runSetup, STEPS } from '../setup/run-setup.mjs';

/**
 * What every task of the checkout does first: the whole set-up, then the build. Both say nothing when all is there, and
 * otherwise write to stderr. Ends the process when either fails, having said why.
 */
export async function prepare() {
  const context = { root: packageRoot(), cache: cacheDir(), env: process.env };
  const report = textReport({ verbose: false });
  const end = () => {
    killChildren();
    process.exit(130);
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  const names = STEPS.map(({ name }) => name);
  if (!(await runSetup(context, report, names)) || !(await build(context.root))) process.exit(1);
  process.off('SIGINT', end).off('SIGTERM', end);
  return { context, report };
}
