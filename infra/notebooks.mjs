#!/usr/bin/env node
// @ts-check
/**
 * Renews the outputs of the template's notebooks: the demo project is run, three short trainings are tried in it, and its
 * notebooks are executed and brought back into `examples/finetuning/notebooks`.
 *
 *   npm run notebooks
 */
import { copyFile, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { SetupFailure } from './setup/failure.mjs';
import { makePythonTools } from './setup/python-tools.mjs';
import { executeNotebooks } from './tasks/execute-notebooks.mjs';
import { handOver } from './tasks/hand-over.mjs';
import { prepare } from './tasks/prepare.mjs';

/** What stands beside the demo's own training in the notebook of experiments. */
const TRIALS = [
  ...['sweep', 'run', 'finetune_model', '--metric', 'models/checkpoints/training.json:best.accuracy'],
  ...['--param', 'finetuning.learning_rate=0.0005,0.002,0.008'],
  ...['--param', 'finetuning.max_steps=60', '--param', 'finetuning.eval_steps=15'],
];

const { context, report } = await prepare();
const demo = join(context.root, 'demo');
const reprise = (/** @type {readonly string[]} */ args) =>
  handOver(process.execPath, [join(context.root, 'bin/reprise'), ...args], { cwd: demo });

process.exitCode =
  (await handOver(process.execPath, [join(context.root, 'infra/demo.mjs')])) ||
  (await reprise(TRIALS)) ||
  (await renew());

async function renew() {
  const bin = await makePythonTools('notebooks', context, report).catch((error) => {
    if (!(error instanceof SetupFailure)) throw error;
    report.failed('notebooks', error);
    return undefined;
  });
  if (!bin) return 1;
  const template = join(context.root, 'examples/finetuning/notebooks');
  const names = (await readdir(template)).filter((name) => name.endsWith('.ipynb')).sort();
  // What `npm install` makes of the project's package.json.
  await mkdir(join(demo, 'node_modules'), { recursive: true });
  await rm(join(demo, 'node_modules/reprise'), { force: true });
  await symlink(context.root, join(demo, 'node_modules/reprise'));
  await mkdir(join(demo, 'notebooks'), { recursive: true });
  for (const name of names) await copyFile(join(template, name), join(demo, 'notebooks', name));
  const paths = names.map((name) => join(demo, 'notebooks', name));
  const { code, output } = await executeNotebooks(bin, paths);
  if (code !== 0) {
    process.stderr.write(output);
    return code ?? 1;
  }
  for (const name of names) await copyFile(join(demo, 'notebooks', name), join(template, name));
  console.log(`renewed: ${names.join(', ')}`);
  return 0;
}
