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

  const runJest = (testMatch: string): number | null => {
    const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
    const config = JSON.stringify({ rootDir: folder, testMatch: [testMatch], transform: {} });
    return spawnSync(process.execPath, [jest, '--json', `--outputFile=${results}`, '--config', config], {
      env: { ...process.env, NODE_OPTIONS: '' },
    }).status;
  };

  it('counts tests, suites that cannot run, and names what was skipped', () => {
    runJest('**/suites/*.js');
    expect(readTally(results, folder)).toEqual({
      complete: false,
      passed: 1,
      failed: 2,
      skipped: ['suites/mixed.test.js › away (2)', 'suites/mixed.test.js › later (1)'],
    });
  });

  it('tells that all is well by what jest found, however its process ends after', () => {
    writeFileSync(join(folder, 'falls.check.js'), `test('good', () => { process.exitCode = 139; });`);
    expect(runJest('**/*.check.js')).toBe(139);
    expect(readTally(results, folder)).toEqual({ complete: true, passed: 1, failed: 0, skipped: [] });
  });

  it('counts one failure when jest has written nothing', () => {
    expect(readTally(join(folder, 'none.json'), folder)).toEqual({
      complete: false,
      passed: 0,
      failed: 1,
      skipped: [],
    });
  });
});
