#!/usr/bin/env node
// @ts-check
/**
 * Measures ours against its peers, in the same run. Installs those that are asked for (PyTorch and PEFT, dvc) into the cache folder
 * first.
 *
 *   npm run bench [-- NAME] [--json]
 */
import { join } from 'node:path';
import { SetupFailure } from './setup/failure.mjs';
import { makePythonTools } from './setup/python-tools.mjs';
import { benchUsage, readBenchArguments } from './tasks/bench-arguments.mjs';
import { handOver } from './tasks/hand-over.mjs';
import { prepare } from './tasks/prepare.mjs';

const args = process.argv.slice(2);
const asked = readBenchArguments(args);
if ('help' in asked) {
  process.stdout.write(benchUsage());
  process.exit();
}
if ('error' in asked) {
  process.stderr.write(`${asked.error}\n\n${benchUsage()}`);
  process.exit(2);
}

const { context, report } = await prepare();
try {
  const env = { ...process.env };
  if (asked.peers.has('python'))
    env['REPRISE_BENCH_PYTHON'] = join(await makePythonTools('bench', context, report), 'python');
  if (asked.peers.has('serving'))
    env['REPRISE_BENCH_SERVING_PYTHON'] = join(await makePythonTools('serving', context, report), 'python');
  if (asked.peers.has('dvc'))
    env['REPRISE_BENCH_DVC'] = join(await makePythonTools('dvc', context, report), 'dvc');
  if (asked.peers.has('metaflow'))
    env['REPRISE_BENCH_METAFLOW_PYTHON'] = join(await makePythonTools('metaflow', context, report), 'python');
  process.exitCode = await handOver(process.execPath, [join(context.root, 'dist/bench/main.js'), ...args], {
    env,
  });
} catch (error) {
  if (!(error instanceof SetupFailure)) throw error;
  report.failed('bench', error);
  process.exitCode = 1;
}
