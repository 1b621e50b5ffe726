// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

/**
 * @typedef {object} Tally
 * @property {boolean} complete jest came to its end, with every suite, and found all well
 * @property {number} passed
 * @property {number} failed
 * @property {readonly string[]} skipped
 */

/**
 * Counts what jest has written. A suite that could not be run at all counts as one failure.
 *
 * @param {string} file
 * @param {string} root
 * @returns {Tally}
 */
export function readTally(file, root) {
  if (!existsSync(file)) return { complete: false, passed: 0, failed: 1, skipped: [] };
  const results = JSON.parse(readFileSync(file, 'utf8'));
  /** @type {Map<string, number>} */
  const skipped = new Map();
  for (const suite of results.testResults) {
    for (const { status, ancestorTitles, title } of suite.assertionResults) {
      if (status !== 'pending' && status !== 'todo') continue;
      const name = `${relative(root, suite.name)} › ${ancestorTitles[0] ?? title}`;
      skipped.set(name, (skipped.get(name) ?? 0) + 1);
    }
  }
  return {
    complete:
      results.success && !results.wasInterrupted && results.testResults.length === results.numTotalTestSuites,
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: [...skipped].map(([name, count]) => `${name} (${count})`),
  };
}

/**
 * @param {Tally} tally
 * @param {{ skipsFail: boolean }} options
 */
export function printTally({ passed, failed, skipped }, { skipsFail }) {
  if (skipped.length > 0) {
    console.log(`\nskipped${skipsFail ? ', which counts as a failure here' : ''}:`);
    for (const name of skipped) console.log(`  ${name}`);
    if (!skipsFail) console.log('`npm test -- --all` runs these too where it can.');
    console.log();
  }
  console.log(`${passed} passed, ${failed + (skipsFail ? skipped.length : 0)} failed`);
}
