import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { RunStarted } from '../../cli/display/index.js';
import { makeProject } from '../rig/project.js';
import { endAll, eventsOf, reprise, startReprise } from '../rig/reprise.js';
import { until } from '../rig/servers.js';

const executablePath = process.env['CHROMIUM_PATH'];
const withBrowser = executablePath ? describe : describe.skip;

let browser: Browser | undefined;
afterAll(async () => {
  await browser?.close();
});
afterEach(endAll);

const PIPELINE = `stages:
  prepare: {cmd: 'printenv REPRISE_WORKFLOW_ID REPRISE_RUN_ID REPRISE_RUN_URL > data', outs: [data]}
  train:
    cmd: 'echo "{\\"step\\": 3, \\"total\\": 10, \\"metrics\\": {\\"loss\\": 0.25}}" >> $REPRISE_PROGRESS; sleep 600'
    deps: [data]
    outs: [model]
`;

/** Waits until a page says all of this, as a reader would see it. */
async function untilSays(page: Page, texts: readonly string[]): Promise<string> {
  let shown = '';
  for (let i = 0; i < 120; i++) {
    // Markdown is shown in frames of its own.
    const frames = page.frames().map((frame) => frame.innerText('body', { timeout: 2_000 }).catch(() => ''));
    shown = (await Promise.all(frames)).join('\n');
    if (texts.every((text) => shown.includes(text))) return shown;
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (i % 20 === 19) await page.reload();
  }
  const missing = texts.filter((text) => !shown.includes(text));
  throw new Error(`the page does not say ${JSON.stringify(missing)}; it says:\n${shown}`);
}

withBrowser('the Temporal UI of a run', () => {
  it('has the table of its stages, their progress, its memo and its search attributes', async () => {
    const root = makeProject({ 'dvc.yaml': PIPELINE });
    const run = startReprise(['repro', 'train', '--json'], root);
    const started = await until('the run', () =>
      eventsOf(run.stdout()).find((event): event is RunStarted => event.event === 'run'),
    );
    await until('its progress', () => /"event":"progress".*"step":3/.test(run.stdout()));

    // A command knows of which run it is a part.
    expect(readFileSync(join(root, 'data'), 'utf8').trim().split('\n')).toEqual([
      started.workflowId,
      started.runId,
      started.ui,
    ]);

    browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
    const page = await browser.newPage({ viewport: { width: 1400, height: 1600 } });
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    const address = started.ui ?? '';

    await page.goto(`${address}/user-metadata`);
    const details = await untilSays(page, ['prepare', 'train', 'running', 'step 3 of 10, loss 0.2500']);
    // Markdown that was taken as a table: its bars are gone.
    expect(details).not.toContain('| train |');
    expect(details).toContain('reprise repro train');
    const shot = join(mkdtempSync(join(tmpdir(), 'reprise-ui-')), 'run.png');
    await page.screenshot({ path: shot });
    expect(statSync(shot).size).toBeGreaterThan(10_000);

    await page.goto(`${address}/memo`);
    await untilSays(page, ['targets', '1/2']);
    await page.goto(`${address}/search-attributes`);
    await untilSays(page, ['RepriseProject', 'RepriseStage', 'train', 'RepriseStatus', 'running']);
    await page.goto(`${address}/history`);
    await untilSays(page, ['runStage', 'train']);
    expect(errors).toEqual([]);

    await reprise(['runs', 'cancel', 'latest'], root);
    expect((await run.ended).code).toBe(130);
    // Its server has gone with it.
    expect(started.ui).toContain(started.workflowId);
  });
});
