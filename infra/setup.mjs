#!/usr/bin/env node
// @ts-check
/**
 * Brings in what Reprise needs and npm alone does not give: the locked packages, the Temporal CLI, libtensorflow.
 * Written with Node's builtins alone, since it runs before anything is installed. What is there already is left alone,
 * in well under a second; an interrupted run is taken up again by the next.
 *
 *   node infra/setup.mjs [--only packages,temporal,tensorflow] [--json] [--quiet]
 */
import { parseArgs } from 'node:util';
import { cacheDir } from './setup/cache.mjs';
import { killChildren } from './setup/children.mjs';
import { jsonReport, textReport } from './setup/report.mjs';
import { packageRoot } from './setup/root.mjs';
import { runSetup, STEPS } from './setup/run-setup.mjs';

const names = STEPS.map(({ name }) => name);

/**
 * @param {string} message
 * @returns {never}
 */
function refuse(message) {
  console.error(`setup: ${message}`);
  console.error(`usage: node infra/setup.mjs [--only ${names.join(',')}] [--json] [--quiet]`);
  process.exit(2);
}

function readArguments() {
  try {
    return parseArgs({
      options: { only: { type: 'string' }, json: { type: 'boolean' }, quiet: { type: 'boolean' } },
    }).values;
  } catch (error) {
    return refuse(/** @type {Error} */ (error).message);
  }
}

const { only, json = false, quiet = false } = readArguments();
const wanted = only?.split(',').map((name) => name.trim()) ?? names;
const unknown = wanted.find((name) => !names.includes(name));
if (unknown !== undefined) refuse(`there is no step ${JSON.stringify(unknown)}`);

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, () => {
    killChildren();
    process.exit(130);
  });
}

const report = json ? jsonReport() : textReport({ verbose: !quiet });
const context = { root: packageRoot(), cache: cacheDir(), env: process.env };
process.exitCode = (await runSetup(context, report, wanted)) ? 0 : 1;
