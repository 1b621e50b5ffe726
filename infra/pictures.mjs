#!/usr/bin/env node
// @ts-check
/**
 * Renews the pictures of README.md in `docs/pictures`: a session on a terminal, recorded anew; the demo's run in Temporal's UI, and
 * its report, as a browser shows them. The demo is run first where it has not been.
 *
 *   npm run pictures [-- terminal | ui | report]
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { filmTerminal } from './pictures/terminal.mjs';
import { makeChromium } from './tasks/chromium.mjs';
import { handOver } from './tasks/hand-over.mjs';
import { prepare } from './tasks/prepare.mjs';

const asked = process.argv.slice(2);
const wants = (/** @type {string} */ name) => asked.length === 0 || asked.includes(name);

const { context, report } = await prepare();
const pictures = join(context.root, 'docs/pictures');
const demo = join(context.root, 'demo');
await mkdir(pictures, { recursive: true });
if (wants('ui') || wants('report')) {
  process.exitCode = await handOver(process.execPath, [join(context.root, 'infra/demo.mjs')]);
  const browser = await makeChromium(context, report);
  if (!browser) throw new Error('there is no Chromium: name one in CHROMIUM_PATH');
  const { photographReport, photographUi } = await import('./pictures/photographs.mjs');
  if (wants('report')) await photographReport(browser, demo, join(pictures, 'report.png'));
  if (wants('ui'))
    await photographUi(browser, join(context.root, 'bin/reprise'), demo, join(pictures, 'temporal-ui.png'));
}
if (wants('terminal')) await filmTerminal(context.root, join(pictures, 'terminal.svg'));
