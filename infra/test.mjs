#!/usr/bin/env node
// @ts-check
/**
 * Set-up, build, and the tests. The last line is `N passed, N failed`.
 *
 *   npm test [-- --all] [-- ARGUMENTS OF JEST]
 *
 * `--all`, as on a CI server (CI=true): the slow suites too, with the real dvc as judge; there a skipped test is a failure.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetupFailure } from './setup/failure.mjs';
import { handOver } from './tasks/hand-over.mjs';
import { prepare } from './tasks/prepare.mjs';
import { printTally, readTally } from './tasks/tally.mjs';
import { removeAbandonedRoots } from './tasks/temporary-root.mjs';
import { testEnvironment } from './tasks/test-environment.mjs';

const ci = /^(1|true)$/i.test(process.env['CI'] ?? '');
const all = ci || process.argv.includes('--all') || process.env['REPRISE_SLOW'] === '1';
const args = process.argv.slice(2).filter((arg) => arg !== '--all');

const { context, report } = await prepare();
const scratch = mkdtempSync(join(tmpdir(), 'reprise-test-'));
const results = join(scratch, 'results.json');
try {
  const env = await testEnvironment(context, report, { all });
  const jest = join(context.root, 'node_modules/jest/bin/jest.js');
  const code = await handOver(process.execPath, [jest, '--json', `--outputFile=${results}`, ...args], {
    cwd: context.root,
    env,
  });
  const tally = readTally(results, context.root);
  const ok = tally.complete && tally.failed === 0 && tally.passed > 0 && !(ci && tally.skipped.length > 0);
  process.exitCode = ok ? 0 : code || 1;
  // What has all native libraries in one process may fall when they are taken down, after all was judged and written.
  if (code !== 0 && tally.failed === 0)
    console.log(`\njest has ended with ${code} though no test failed${ok ? ', after its last test' : ''}`);
  printTally(tally, { skipsFail: ci });
} catch (error) {
  if (!(error instanceof SetupFailure)) throw error;
  report.failed('test', error);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
  // Of a jest that was ended, which removes nothing.
  removeAbandonedRoots();
}
