import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type TestSequencer from '@jest/test-sequencer';
import type { AggregatedResult, Test } from '@jest/test-result';

const require = createRequire(import.meta.url);
const Sequencer = require('./slow-first-sequencer.cjs') as typeof TestSequencer.default;

const SIZES: Readonly<Record<string, number>> = { 'a.slow.test.ts': 1, 'b.test.ts': 9, 'c.slow.test.ts': 2, 'd.test.ts': 8 }; // prettier-ignore

function orderIn(cacheDirectory: string): { order: () => string[]; keep: (times: object) => void } {
  const config = { cache: true, id: 'x', cacheDirectory, haste: {} };
  const context = { config, hasteFS: { getSize: (path: string) => SIZES[path] } };
  const tests = () => Object.keys(SIZES).map((path) => ({ path, context }) as unknown as Test);
  const sequencer = () => new Sequencer({ contexts: [], globalConfig: {} as never });
  return {
    order: () => (sequencer().sort(tests()) as Test[]).map(({ path }) => path),
    keep(times) {
      const testResults = Object.entries(times).map(([testFilePath, runtime]) => ({
        testFilePath,
        perfStats: { runtime: runtime as number },
        numFailingTests: 0,
      }));
      const kept = sequencer();
      const all = tests();
      void kept.sort(all);
      kept.cacheResults(all, { testResults } as unknown as AggregatedResult);
    },
  };
}

it('has slow suites first while it knows no times, and then goes by the times', () => {
  const { order, keep } = orderIn(mkdtempSync(join(tmpdir(), 'reprise-order-')));
  expect(order()).toEqual(['c.slow.test.ts', 'a.slow.test.ts', 'b.test.ts', 'd.test.ts']);
  keep({ 'a.slow.test.ts': 5, 'b.test.ts': 20, 'c.slow.test.ts': 10, 'd.test.ts': 1 });
  expect(order()).toEqual(['b.test.ts', 'c.slow.test.ts', 'a.slow.test.ts', 'd.test.ts']);
});
