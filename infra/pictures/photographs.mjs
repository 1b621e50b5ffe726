// @ts-check
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

/** Bytes of one picture, at most. */
const LARGEST = 150_000;

/**
 * The report of the demo, as a browser shows it.
 *
 * @param {string} executablePath the browser
 * @param {string} demo the demo project, run
 * @param {string} to the PNG
 */
export async function photographReport(executablePath, demo, to) {
  await photograph(executablePath, { width: 1100, height: 1000 }, to, async (page) => {
    await page.goto(pathToFileURL(join(demo, 'reports/report.html')).href);
  });
}

/**
 * The demo's run in the UI of its Temporal server.
 *
 * @param {string} executablePath the browser
 * @param {string} reprise the command line
 * @param {string} demo the demo project, run
 * @param {string} to the PNG
 */
export async function photographUi(executablePath, reprise, demo, to) {
  const server = start([reprise, 'ui', '--json'], demo, process.env);
  /** @type {Child | undefined} */
  let worker;
  try {
    const { ui, address } = await serverOf(server);
    // The table of stages is a worker's answer.
    worker = start([reprise, 'worker', '--project', demo], demo, {
      ...process.env,
      TEMPORAL_ADDRESS: address,
    });
    await photograph(executablePath, { width: 1600, height: 840 }, to, async (page) => {
      const query = encodeURIComponent('WorkflowType="reproduce"');
      await page.goto(`${ui}/namespaces/default/workflows?query=${query}`);
      // The newest run that is no trial of a sweep.
      const run = page.locator('a[href*="/workflows/reprise-"]:not([href*="-sweep-"])').first();
      const path = (await run.getAttribute('href'))?.replace(/history$/, 'user-metadata');
      await page.goto(`${ui}${path}`);
      await page.getByText('evaluate_model').first().waitFor();
      await untilFrameSays(page, 'evaluate_model');
    });
  } finally {
    if (worker) await end(worker);
    await end(server);
  }
}

/** @typedef {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, null>} Child */

/**
 * @param {readonly string[]} args of Node
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} env
 * @returns {Child}
 */
function start(args, cwd, env) {
  return spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** @param {Child} child */
async function end(child) {
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.stdout.resume();
  if (child.kill('SIGINT')) await closed;
}

/**
 * Where Temporal and its UI are.
 *
 * @param {Child} server
 * @returns {Promise<{ ui: string, address: string }>}
 */
async function serverOf(server) {
  for await (const line of createInterface({ input: server.stdout })) {
    const event = JSON.parse(line);
    if (event.event === 'server') return event;
  }
  throw new Error('reprise ui has not said where it is');
}

/**
 * Markdown is shown in frames of its own, which come last.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} text
 */
async function untilFrameSays(page, text) {
  for (let tries = 0; tries < 120; tries++) {
    const frames = page.frames().slice(1);
    const texts = await Promise.all(frames.map((frame) => frame.innerText('body').catch(() => '')));
    if (texts.some((shown) => shown.includes(text))) return;
    await page.waitForTimeout(1_000);
  }
  throw new Error(`no frame of ${page.url()} says ${text}`);
}

/**
 * @param {string} executablePath
 * @param {{ width: number, height: number }} viewport
 * @param {string} to
 * @param {(page: import('playwright-core').Page) => Promise<void>} open
 */
async function photograph(executablePath, viewport, to, open) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport, colorScheme: 'light' });
    page.setDefaultTimeout(120_000);
    await open(page);
    const small = await sharp(await page.screenshot())
      .png({ palette: true, colours: 64, effort: 10 })
      .toBuffer();
    if (small.length > LARGEST) throw new Error(`${to} would have ${small.length} bytes`);
    await writeFile(to, small);
  } finally {
    await browser.close();
  }
}
