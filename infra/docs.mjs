#!/usr/bin/env node
// @ts-check
/**
 * Renews what is written down from the code: schemas for editors, and the pages that list settings and functions.
 *
 *   npm run docs
 */
import { join } from 'node:path';
import { handOver } from './tasks/hand-over.mjs';
import { prepare } from './tasks/prepare.mjs';

const { context } = await prepare();
process.exitCode = await handOver(process.execPath, [join(context.root, 'dist/reference/main.js')], {
  cwd: context.root,
});
