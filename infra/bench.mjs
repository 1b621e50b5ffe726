#!/usr/bin/env node
// @ts-check
/**
 * Measures ours against its peers, in the same run. Installs PyTorch, PEFT and dvc into the cache folder first.
 *
 *   npm run bench [-- NAME] [--json]
 */
import { join } from 'node:path';
import { SetupFailure } from './setup/failure.mjs';
import { makePythonTools } from './setup/python-tools.mjs';
import { handOver } from './tasks/hand-over.mjs';
import { prepare } from './tasks/prepare.mjs';

const { context, report } = await prepare();
try {
  const bin = await makePythonTools('bench', context, report);
  const dvc = await makePythonTools('dvc', context, report);
  process.exitCode = await handOver(
    process.execPath,
    [join(context.root, 'dist/bench/main.js'), ...process.argv.slice(2)],
    {
      env: { ...process.env, REPRISE_BENCH_PYTHON: join(bin, 'python'), REPRISE_BENCH_DVC: join(dvc, 'dvc') },
    },
  );
} catch (error) {
  if (!(error instanceof SetupFailure)) throw error;
  report.failed('bench', error);
  process.exitCode = 1;
}
