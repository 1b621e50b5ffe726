import { availableParallelism } from 'node:os';

/** Fast suites by default; REPRISE_SLOW=1 (set by `.ci/run`) adds those named `*.slow.test.ts`. */
/** @type {import('jest').Config} */
export default {
  globalSetup: '<rootDir>/tests/global-setup.cjs',
  globalTeardown: '<rootDir>/tests/global-teardown.cjs',
  testEnvironment: '<rootDir>/tests/outer-realm-environment.cjs',
  testSequencer: '<rootDir>/tests/slow-first-sequencer.cjs',
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    ...(process.env.REPRISE_SLOW === '1' ? [] : ['\\.slow\\.test\\.ts$']),
  ],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/demo/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Most of a slow suite's time is waiting for servers: two at once, even on two cores, where jest takes one. A server that
  // is good for more says so: each takes up to two gigabytes.
  maxWorkers: Number(process.env.REPRISE_TEST_WORKERS) || Math.max(2, availableParallelism() - 1),
  // A process that has TensorFlow and Temporal in it takes longer than jest's half a second to end, with nothing left open.
  workerGracefulExitTimeout: 15_000,
  // Ends what hangs; a busy machine may be many times slower.
  testTimeout: 240_000,
};
