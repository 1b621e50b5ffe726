#!/usr/bin/env node
// @ts-check
/**
 * The whole path at once: set-up, build, a finetuning project in `demo/`, and `reprise repro` in it.
 *
 *   npm run demo [-- ARGUMENTS OF REPRISE REPRO]
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { handOver } from './tasks/hand-over.mjs';
import { prepare } from './tasks/prepare.mjs';

const { context } = await prepare();
const reprise = join(context.root, 'bin/reprise');
const demo = join(context.root, 'demo');

if (!existsSync(join(demo, 'dvc.yaml'))) {
  const init = [
    'init',
    demo,
    '--task',
    'text-classification',
    ...(process.argv.includes('--json') ? ['--json'] : []),
  ];
  process.exitCode = await handOver(process.execPath, [reprise, ...init]);
}
if (!process.exitCode) {
  const repro = [reprise, 'repro', ...process.argv.slice(2)];
  process.exitCode = await handOver(process.execPath, repro, { cwd: demo });
}
