// @ts-check
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../setup/root.mjs';
import { bundleWorkflows } from './bundle-workflows.mjs';
import { pruneOutputs } from './prune-outputs.mjs';

/**
 * @param {string} [root]
 * @returns {Promise<boolean>} whether it compiled; the compiler has printed what is wrong
 */
export async function build(root = packageRoot()) {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-b', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  // The compiler writes what it can in spite of errors; the bundle goes with it.
  await pruneOutputs(root);
  await bundleWorkflows(root);
  return status === 0;
}
