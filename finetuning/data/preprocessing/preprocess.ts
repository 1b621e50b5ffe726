import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { projectLayout, type PreprocessingConfig } from '../../../configs/index.js';
import { DiagnosticError, type Locator } from '../../../diagnostics/index.js';
import { loadSteps, type CleaningSteps } from '../../user-code/cleaning-step.js';
import { replaceFolder } from '../ingestion/replace-folder.js';
import { partialPath } from '../partial.js';
import { drawingOrder } from '../preparation/split.js';
import type { OnProgress } from '../progress.js';
import { DigestTable } from '../rows/digest-table.js';
import { Growing } from '../rows/growing.js';
import { digestOf } from '../rows/text-key.js';
import { writeFiles, type LineWriter } from '../rows/write-lines.js';
import { balance } from './balance.js';
import type { Candidate } from './candidate.js';
import { NearDuplicates } from './near-duplicates.js';
import { pictureCandidates } from './picture-candidates.js';
import { pixelCandidates } from './pixel-candidates.js';
import { PreprocessTally, type DropReason, type PreprocessReport } from './preprocess-report.js';
import { rawFiles, type RawFile } from './raw-files.js';
import { textCandidates } from './text-candidates.js';

export interface PreprocessOptions {
  readonly root: string;
  readonly config: PreprocessingConfig;
  /** Where the settings are written, for messages. */
  readonly places?: Locator;
  readonly onProgress?: OnProgress;
}

/** What is known of a text: the number of its label, or one of these. */
const CONFLICTING = -1;
const CHOSEN = -2;
const WRITTEN = -3;

/**
 * data/raw → data/processed/{rows.jsonl, report.json}, and pictures/ where they are made: cleaned, without duplicates,
 * in the order of the source. Two passes over the raw files, so that of each text only a digest is held in memory; a third
 * between them where rows are dropped in view of others.
 *
 * @throws DiagnosticError `no-raw-data`, `empty-dataset`, `duplicate-id`, `bad-step`, `step-failed`, those of the readers
 */
export async function preprocess(given: PreprocessOptions): Promise<PreprocessReport> {
  const steps = await loadSteps(given.config.steps ?? [], given.root, given.places);
  const options = { ...given, steps };
  const files = await rawFiles(options.root, options.config);
  const texts = await labelsOfTexts(candidates(files, options, 'looking for duplicates'));
  const gone = await chosen(files, options, texts);
  const outs = [projectLayout.rows, projectLayout.preprocessReport].map((path) => join(options.root, path));
  const target = join(options.root, projectLayout.pictures);
  const pictures = options.config.format === 'pixels' ? partialPath(target) : undefined;
  try {
    const report = await writeFiles(outs, async (writers) => {
      const [rowsFile, reportFile] = writers as [LineWriter, LineWriter];
      const source = candidates(files, options, 'cleaning');
      const report = await writeRows(source, texts, gone, rowsFile, tallyOf(options), pictures);
      reportFile.write(JSON.stringify(report, null, 2));
      // Before the rows that name them.
      if (pictures !== undefined) await replaceFolder(pictures, target);
      return report;
    });
    return report;
  } finally {
    if (pictures !== undefined) await rm(pictures, { recursive: true, force: true });
  }
}

type Loaded = PreprocessOptions & { readonly steps: CleaningSteps | undefined };

async function* candidates(
  files: readonly RawFile[],
  { config, steps, onProgress = () => {} }: Loaded,
  message: string,
): AsyncGenerator<Candidate> {
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  for await (const candidate of candidatesOf(files, config, steps)) {
    yield candidate;
    onProgress({ step: candidate.bytes, total, message: `${message}, bytes` });
  }
}

function candidatesOf(
  files: readonly RawFile[],
  config: PreprocessingConfig,
  steps: CleaningSteps | undefined,
): AsyncGenerator<Candidate> {
  switch (config.format) {
    case 'images':
      return pictureCandidates(files, config, steps);
    case 'pixels':
      return pixelCandidates(files, config, steps);
    case 'wordnet-nouns':
    case 'records':
    case 'prose':
      return textCandidates(files, config, steps);
  }
}

async function labelsOfTexts(found: AsyncGenerator<Candidate>): Promise<DigestTable> {
  const texts = new DigestTable();
  const labels = new Map<string, number>();
  for await (const { label = '', counted, digest, drop } of found) {
    if (drop !== undefined || label === '') continue;
    // Of names there are few; of numbers, and of sets of names, there may be as many as rows.
    const number = counted ? digestOf(label).readUInt32LE() >>> 1 : (labels.get(label) ?? labels.size);
    if (!counted) labels.set(label, number);
    const before = texts.get(digest);
    if (before === undefined) texts.set(digest, number);
    else if (before !== number) texts.set(digest, CONFLICTING);
  }
  return texts;
}

/** Why a candidate is no row, in view of what else says the same; the first of its text is noted as taken. */
function faultOf(
  { drop, label, digest }: Candidate,
  texts: DigestTable,
  mark: number,
): DropReason | undefined {
  if (drop !== undefined && drop !== 'unmapped') return drop;
  if (label === '') return 'unlabelled';
  if (drop !== undefined) return drop;
  const known = texts.get(digest);
  if (known === CONFLICTING) return 'conflicting';
  if (known === mark) return 'duplicate';
  texts.set(digest, mark);
  return undefined;
}

/** Of the rows without duplicates, in order: 0 is kept, 1 nearly another one, 2 too many of its label. */
async function chosen(
  files: readonly RawFile[],
  options: Loaded,
  texts: DigestTable,
): Promise<Uint8Array | undefined> {
  const { config, root } = options;
  const near = 'near_duplicates' in config ? config.near_duplicates : undefined;
  if (near === undefined && config.balance === undefined) return undefined;
  const file = join(root, projectLayout.rows);
  await mkdir(dirname(file), { recursive: true });
  const duplicates = near && new NearDuplicates(partialPath(`${file}.signatures`), near);
  try {
    const labels = new Growing((length) => new Int32Array(length));
    const order = new Growing((length) => new Float64Array(length));
    const numbers = new Map<string, number>();
    let rows = 0;
    for await (const candidate of candidates(files, options, 'comparing')) {
      if (faultOf(candidate, texts, CHOSEN) !== undefined) continue;
      const { label = '', text } = candidate;
      duplicates?.add(text);
      rows++;
      if (!config.balance) continue;
      const number = numbers.get(label) ?? numbers.size;
      numbers.set(label, number);
      labels.push(number);
      order.push(drawingOrder(0, idOf(candidate)));
    }
    const gone = duplicates?.find() ?? new Uint8Array(rows);
    if (config.balance) balance(labels.values, order.values, gone, config.balance);
    return gone;
  } finally {
    duplicates?.close();
  }
}

async function writeRows(
  found: AsyncGenerator<Candidate>,
  texts: DigestTable,
  gone: Uint8Array | undefined,
  file: LineWriter,
  tally: PreprocessTally,
  pictures: string | undefined,
): Promise<PreprocessReport> {
  const ids = new DigestTable();
  let row = 0;
  for await (const candidate of found) {
    const fault = faultOf(candidate, texts, WRITTEN);
    if (fault !== undefined) {
      tally.drop(fault);
      continue;
    }
    const verdict = gone?.[row++] ?? 0;
    if (verdict !== 0) {
      tally.drop(verdict === 1 ? 'near_duplicate' : 'balance');
      continue;
    }
    const id = idOf(candidate);
    // What a text's digest names is as different as the texts are.
    if (candidate.id !== undefined) {
      const key = digestOf(id);
      if (ids.get(key) !== undefined) throw duplicateId(candidate, id);
      ids.set(key, 0);
    }
    const picture = pictures === undefined ? undefined : candidate.picture?.(id);
    if (picture) {
      const path = join(pictures as string, picture.path);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, await picture.bytes);
    }
    file.write(JSON.stringify(candidate.fields(id)));
    tally.write(candidate);
  }
  const report = tally.report();
  if (report.written > 0) return report;
  throw new DiagnosticError('empty-dataset', {
    message: `${report.read} records were read, and none was left to write`,
    at: { file: projectLayout.raw },
    found: JSON.stringify(report.dropped),
    fix: 'look at preprocessing in configs/data_config.yaml (fields, min_characters) and at the raw data',
  });
}

function idOf({ id, digest }: Candidate): string {
  return id ?? digest.toString('hex');
}

function tallyOf({ config, steps }: Loaded): PreprocessTally {
  const reasons: DropReason[] = [];
  const missing = Object.values('missing' in config ? (config.missing ?? {}) : {});
  if (missing.includes('drop')) reasons.push('missing');
  if ('max_characters' in config && config.max_characters !== undefined) reasons.push('too_long');
  if ('number' in config && config.number?.outside === 'drop') reasons.push('out_of_range');
  if ('languages' in config && config.languages) reasons.push('language');
  if (steps?.drops) reasons.push('step');
  if (config.unmapped === 'drop') reasons.push('unmapped');
  if ('near_duplicates' in config && config.near_duplicates) reasons.push('near_duplicate');
  if (config.balance) reasons.push('balance');
  return new PreprocessTally({
    reasons,
    fills: missing.some((rule) => typeof rule === 'object'),
    redacts: ('redact' in config && config.redact) || [],
  });
}

function duplicateId(record: Candidate, id: string): DiagnosticError {
  return new DiagnosticError('duplicate-id', {
    message: `two records have the id ${id}`,
    at: { file: record.file, line: record.line },
    fix: 'make ids unique, or leave preprocessing.fields.id out so that the text names the row',
  });
}
