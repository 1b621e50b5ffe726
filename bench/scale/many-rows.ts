import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Measured } from '../measurement.js';
import { cpuSeconds, peakMemory } from '../rig/memory.js';
import { ended, reprise, start } from '../rig/processes.js';
import { uniform } from '../random-values.js';

const SAMPLE_MS = 200;
/** Words that texts are drawn from. */
const VOCABULARY = 5000;
const LABELS = 20;
/** As many rows have one author, by whom the splits are drawn. */
const ROWS_PER_AUTHOR = 10;
/** Each so many-th text is the one before with a word more. */
const NEARLY = 50;
const CHUNK = 1024 * 1024;

/** The data stages over so many short texts, with near duplicates looked for, splits by group and by label, and a report. */
export async function measureManyRows(rows: number): Promise<Measured> {
  const root = mkdtempSync(join(tmpdir(), 'reprise-bench-'));
  try {
    writeTexts(join(root, 'texts.csv'), rows);
    const found: (readonly [string, string])[] = [];
    for (const [stage, by, report] of [
      ['ingest', 'group', false],
      ['preprocess', 'group', false],
      ['prepare', 'group', false],
      ['prepare', 'label', false],
      ['prepare', 'group', true],
    ] as const) {
      makeProject(root, by, report);
      const { seconds, cpu, peak } = await measured(root, stage);
      const name = stage === 'prepare' ? `${stage}, by ${by}${report ? ', with a report' : ''}` : stage;
      found.push([
        name,
        `${(peak / 1e6).toFixed(0)} MB, ${seconds.toFixed(0)} s, ${cpu.toFixed(0)} s of CPU`,
      ]);
    }
    return {
      name: 'rows',
      about: `${rows} texts of 5 to 8 words: most memory at once, and time`,
      rows: found,
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function measured(
  root: string,
  stage: string,
): Promise<{ readonly seconds: number; readonly cpu: number; readonly peak: number }> {
  const began = performance.now();
  const child = start(root, process.execPath, [reprise, 'data', stage, '--json']);
  let [cpu, peak] = [0, 0];
  const sampler = setInterval(() => {
    try {
      cpu = cpuSeconds(child.pid ?? 0);
      peak = Math.max(peak, peakMemory(child.pid ?? 0));
    } catch {
      // It has ended since the last look.
    }
  }, SAMPLE_MS);
  try {
    await ended(child);
  } finally {
    clearInterval(sampler);
  }
  return { seconds: (performance.now() - began) / 1000, cpu, peak };
}

function makeProject(root: string, by: 'group' | 'label', report: boolean): void {
  mkdirSync(join(root, 'configs'), { recursive: true });
  const config = {
    ingestion: { source: 'path:texts.csv' },
    preprocessing: {
      ...{ format: 'records', unicode: 'NFC', strip_examples: false, min_characters: 1 },
      fields: { id: 'id', text: 'text', label: 'label', group: 'author' },
      near_duplicates: { threshold: 0.8, words: 3 },
    },
    preparation: { split: { by, test: 0.1, val: 0.1 }, max_train_rows: null, report },
  };
  writeFileSync(join(root, 'params.yaml'), 'data_config: {}\n');
  writeFileSync(join(root, 'configs/base_config.yaml'), 'name: rows\ntask: text-classification\nseed: 1\n');
  writeFileSync(join(root, 'configs/data_config.yaml'), stringify(config));
}

function writeTexts(path: string, rows: number): void {
  const below = (limit: number): number => Math.floor(uniform() * limit);
  const file = openSync(path, 'w');
  let text = 'id,text,label,author\n';
  let last = '';
  for (let row = 0; row < rows; row++) {
    const words = Array.from({ length: 5 + below(4) }, () => `w${below(VOCABULARY).toString(36)}`);
    last = row % NEARLY === NEARLY - 1 ? `${last} ${words[0]}` : words.join(' ');
    text += `r${row},${last},label${below(LABELS)},author${below(Math.ceil(rows / ROWS_PER_AUTHOR))}\n`;
    if (text.length < CHUNK) continue;
    writeSync(file, text);
    text = '';
  }
  writeSync(file, text);
  closeSync(file);
}
