import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTally } from '../../../infra/tasks/tally.mjs';
import { scratchFolder } from '../scratch.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Jest itself writes what is counted. */
describe('readTally', () => {
  const folder = scratchFolder();
  const results = join(folder, 'results.json');
  mkdirSync(join(folder, 'suites'));
  writeFileSync(
    join(folder, 'suites/mixed.test.js'),
    `test('good', () => {});
     test('bad', () => { throw new Error('bad'); });
     describe.skip('away', () => { test('one', () => {}); test('two', () => {}); });
     test.todo('later');`,
  );
  writeFileSync(join(folder, 'suites/broken.test.js'), `require('./nothing');`);

  it('counts tests, suites that cannot run, and names what was skipped', () => {
    const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
    const config = JSON.stringify({ rootDir: folder, testMatch: ['**/suites/*.js'], transform: {} });
    spawnSync(process.execPath, [jest, '--json', `--outputFile=${results}`, '--config', config], {
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect(readTally(results, folder)).toEqual({
      passed: 1,
      failed: 2,
      skipped: ['suites/mixed.test.js › away (2)', 'suites/mixed.test.js › later (1)'],
    });
  });

  it('counts one failure when jest has written nothing', () => {
    expect(readTally(join(folder, 'none.json'), folder)).toEqual({ passed: 0, failed: 1, skipped: [] });
  });
});
