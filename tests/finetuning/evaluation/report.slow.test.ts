import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { evaluationConfigSchema } from '../../../configs/index.js';
import type { Row } from '../../../finetuning/data/index.js';
import { evaluate } from '../../../finetuning/evaluation/index.js';
import { compareLanguage } from '../../../finetuning/evaluation/compared/compare-language.js';
import { comparePairs } from '../../../finetuning/evaluation/compared/compared.js';
import type { JudgedLanguage } from '../../../finetuning/evaluation/language/language-comparison.js';
import { languageFigures } from '../../../finetuning/evaluation/language/language-figures.js';
import { renderLanguageReport } from '../../../finetuning/evaluation/language/language-report.js';
import { languageSlices } from '../../../finetuning/evaluation/language/language-slices.js';
import { readLanguageSet } from '../../../finetuning/evaluation/language/language-set.js';
import { completionFigures } from '../../../finetuning/evaluation/texts/completion-figures.js';
import { labelsReport, numbersReport, picturesReport } from './answer-reports.js';
import { naiveBayes } from './naive-bayes.js';

const lowContrast = readFileSync(new URL('low-contrast.js', import.meta.url), 'utf8');
const executablePath = process.env['CHROMIUM_PATH'];
const withBrowser = executablePath ? describe : describe.skip;

const WORDS = ['cat', 'oak', 'saw', 'dog', 'fern', 'axe', 'horse', 'rose', 'drill'];
const rowsFrom = (start: number, count: number): Row[] =>
  Array.from({ length: count }, (_, index) => {
    const n = start + index;
    const label = ['animal', 'plant', 'tool'][n % 7 === 0 ? (n + 1) % 3 : n % 3] as string;
    return { id: `row-${n}`, text: `one ${WORDS[n % 9]} and ${'more '.repeat(n % 5)}of <kind> ${n}`, label };
  });
const jsonl = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const config = evaluationConfigSchema.parse({
  ...{ batch_size: 16, worst_errors: 5, top_k: [2], slices: ['id'] },
  sets: { later: 'data/later.jsonl' },
});

const plain = evaluationConfigSchema.parse({ batch_size: 16, worst_errors: 5 });

/** Of classifiers that count words. */
async function classifierReport(root: string): Promise<string> {
  const train = rowsFrom(0, 90);
  mkdirSync(join(root, 'data/finetuning'), { recursive: true });
  writeFileSync(join(root, 'data/finetuning/train.jsonl'), jsonl(train));
  writeFileSync(join(root, 'data/finetuning/test.jsonl'), jsonl(rowsFrom(100, 60)));
  writeFileSync(join(root, 'data/later.jsonl'), jsonl(rowsFrom(300, 20)));
  await evaluate({
    ...{ root, name: 'Kinds of things', config },
    base: (labels) => ({ description: 'Not trained', open: async () => naiveBayes([], labels) }),
    finetuned: (labels) => ({ description: 'Trained', open: async () => naiveBayes(train, labels) }),
    production: {
      contender: {
        description: 'Version 3',
        open: async () => naiveBayes(train.slice(0, 12), ['animal', 'plant', 'tool']),
      },
    },
  });
  return join(root, 'reports/report.html');
}

/** Of language models that are not there: the page is what is looked at. */
async function languageReport(root: string): Promise<string> {
  const texts = rowsFrom(0, 12).map(({ text, label }, n) =>
    n % 2 ? { text } : { prompt: text, completion: ` ${label}` },
  );
  writeFileSync(join(root, 'texts.jsonl'), jsonl(texts));
  const rows = await readLanguageSet(root, 'texts.jsonl');
  const asked = [...rows.keys()].filter((row) => rows[row]?.question);
  const judged = (description: string, nats: number, answer: string): JudgedLanguage => {
    const scores = rows.map((_, row) => ({
      loss: nats * (row + 3),
      tokens: 6,
      right: 2,
      bytes: 30,
      cut: row === 0,
    }));
    const figures = languageFigures(scores);
    const answers = asked.map(() => answer);
    const references = asked.map((row) => rows[row]?.question?.reference ?? '');
    const completions = completionFigures(references, answers);
    const latency = { p50: null, p99: null };
    return {
      description,
      scores,
      figures,
      answers,
      completions,
      own: { tone: 0.25 },
      sets: { later: figures },
      latency,
    };
  };
  const models = {
    base: judged('As pretrained', 3, ' animal'),
    production: judged('Version 3', 2.5, ' plant'),
    finetuned: judged('Trained', 2, ' tool'),
  };
  const references = asked.map((row) => rows[row]?.question?.reference ?? '');
  const comparison = {
    ...{ name: 'Going on', rows, asked, questions: asked.length, sets: { later: 12 } },
    ...models,
    compared: await comparePairs<JudgedLanguage>(models, (before, after) =>
      compareLanguage(references, before, after, config.intervals),
    ),
    worth: { better: { than_base: false }, doubts: ['It is not shown to be better.'] },
  };
  const slices = languageSlices(comparison, []);
  const path = join(root, 'language.html');
  writeFileSync(path, renderLanguageReport(comparison, slices, config));
  return path;
}

withBrowser('the report in a browser', () => {
  let browser: Browser;
  let root: string;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'report-'));
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(root, { recursive: true });
  });

  /** The page, which asks for nothing and complains of nothing. */
  async function shown(path: string, colorScheme: 'light' | 'dark', width = 1200): Promise<Page> {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
    const wrong: string[] = [];
    page.on('console', (message) => wrong.push(message.text()));
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(path).href) wrong.push(request.url());
    });
    await page.goto(pathToFileURL(path).href);
    expect(wrong).toEqual([]);
    return page;
  }

  const REST = ['Slices', 'Other test sets'];
  const REPORTS = [
    ['classifiers', classifierReport, ['Overall', 'How sure, and how rightly', 'Label by label', ...REST]],
    [
      'language models',
      languageReport,
      ['How well the texts are known', 'What the models go on with', ...REST],
    ],
    ['numbers', (at: string) => numbersReport(at, plain), ['Overall', 'Said and right', 'Largest errors']],
    ['several labels', (at: string) => labelsReport(at, plain), ['Overall', 'Label by label']],
    ['pictures', (at: string) => picturesReport(at, plain), ['Overall', 'Worst errors']],
  ] as const;

  it.each(REPORTS)('of %s can be used without sight, or without a mouse', async (_, make, headings) => {
    const path = await make(root);
    const page = await shown(path, 'light');
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    for (const name of [...headings, 'Better, or by chance'])
      expect(await page.getByRole('heading', { level: 2, name, exact: true }).count()).toBe(1);
    const charts = await page.locator('svg[role="img"]').all();
    expect(charts.length).toBeGreaterThan(0);
    for (const chart of charts) {
      expect(((await chart.getAttribute('aria-label')) ?? '').length).toBeGreaterThan(20);
      expect((await chart.boundingBox())?.height).toBeGreaterThan(60);
    }
    expect(await page.getByRole('rowheader').count()).toBeGreaterThan(8);
    await page.keyboard.press('Tab');
    expect(await page.locator('.scroll:focus').count()).toBe(1);
    expect(readFileSync(path, 'utf8')).not.toMatch(/\bNaN\b|undefined|\[object/);
    await page.close();
  });

  it.each(
    REPORTS.flatMap(([name, make]) =>
      (['light', 'dark'] as const).map((mode) => [name, mode, make] as const),
    ),
  )('of %s can be read: %s', async (_, mode, make) => {
    const page = await shown(await make(root), mode);
    const background = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    expect(background).toBe(mode === 'dark' ? 'rgb(18, 21, 28)' : 'rgb(251, 250, 248)');
    expect(await page.evaluate<string[]>(lowContrast)).toEqual([]);
    await page.close();
  });

  it('shows the pictures of the worst errors, small, and large enough to see', async () => {
    const page = await shown(await picturesReport(root, plain), 'light');
    const pictures = await page.locator('img').all();
    expect(pictures).toHaveLength(1);
    const [wrong] = pictures;
    expect(await wrong?.getAttribute('alt')).toBe('Picture dark/4.png');
    expect(await wrong?.evaluate((image: { naturalWidth: number }) => image.naturalWidth)).toBe(8);
    expect((await wrong?.boundingBox())?.width).toBeGreaterThanOrEqual(64);
    await page.close();
  });

  it.each(REPORTS)('of %s fits a telephone', async (_, make) => {
    const page = await shown(await make(root), 'light', 360);
    const { scrollWidth: whole, clientWidth: inside } = await page.evaluate<Record<string, number>>(
      '(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }))(document.documentElement)',
    );
    expect(whole).toBeLessThanOrEqual(inside as number);
    await page.close();
  });
});
