import { join } from 'node:path';
import { projectLayout, type PreprocessingConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { OnProgress } from '../progress.js';
import type { Row } from '../rows/row.js';
import { textKey } from '../rows/text-key.js';
import { writeFiles, type LineWriter } from '../rows/write-lines.js';
import { cleanText } from './clean-text.js';
import { PreprocessTally, type PreprocessReport } from './preprocess-report.js';
import { rawFiles, type RawFile } from './raw-files.js';
import { readRecords } from './records.js';
import type { SourceRecord } from './source-record.js';
import { readWordnetNouns } from './wordnet.js';

export interface PreprocessOptions {
  readonly root: string;
  readonly config: PreprocessingConfig;
  readonly onProgress?: OnProgress;
}

/** What is known of a text: the number of its label, or one of these. */
const CONFLICTING = -1;
const WRITTEN = -2;

/**
 * data/raw → data/processed/{rows.jsonl, report.json}: cleaned, without duplicates, in the order of the source. Two
 * passes over the raw files, so that of each text only a key is held in memory.
 *
 * @throws DiagnosticError `no-raw-data`, `empty-dataset`, `duplicate-id`, those of the readers
 */
export async function preprocess(options: PreprocessOptions): Promise<PreprocessReport> {
  const files = await rawFiles(options.root, options.config.format);
  const texts = await labelsOfTexts(cleaned(files, options, 'looking for duplicates'));
  const outs = [projectLayout.rows, projectLayout.preprocessReport].map((path) => join(options.root, path));
  return writeFiles(outs, async (writers) => {
    const [rowsFile, reportFile] = writers as [LineWriter, LineWriter];
    const report = await writeRows(cleaned(files, options, 'cleaning'), texts, rowsFile);
    reportFile.write(JSON.stringify(report, null, 2));
    return report;
  });
}

interface CleanRecord extends SourceRecord {
  readonly file: string;
  /** Undefined where the text is too short to be kept. */
  readonly key: string | undefined;
}

async function* cleaned(
  files: readonly RawFile[],
  { config, onProgress = () => {} }: PreprocessOptions,
  message: string,
): AsyncGenerator<CleanRecord> {
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  let before = 0;
  for (const { path, shownAs, bytes } of files) {
    const records =
      config.format === 'wordnet-nouns'
        ? readWordnetNouns(path, shownAs)
        : readRecords(path, shownAs, config.fields);
    for await (const record of records) {
      const text = cleanText(record.text, config);
      const key = [...text].length < config.min_characters ? undefined : textKey(text);
      yield { ...record, text, key, file: shownAs };
      onProgress({ step: before + record.bytes, total, message: `${message}, bytes` });
    }
    before += bytes;
  }
}

async function labelsOfTexts(records: AsyncGenerator<CleanRecord>): Promise<Map<string, number>> {
  const texts = new Map<string, number>();
  const labels = new Map<string, number>();
  for await (const { label, key } of records) {
    if (key === undefined || label === '') continue;
    const number = labels.get(label) ?? labels.size;
    labels.set(label, number);
    const before = texts.get(key);
    if (before === undefined) texts.set(key, number);
    else if (before !== number) texts.set(key, CONFLICTING);
  }
  return texts;
}

async function writeRows(
  records: AsyncGenerator<CleanRecord>,
  texts: Map<string, number>,
  file: LineWriter,
): Promise<PreprocessReport> {
  const tally = new PreprocessTally();
  const ids = new Set<string>();
  for await (const record of records) {
    const { key, text, label, lemmas } = record;
    if (key === undefined) tally.drop('too_short');
    else if (label === '') tally.drop('unlabelled');
    else if (texts.get(key) === CONFLICTING) tally.drop('conflicting');
    else if (texts.get(key) === WRITTEN) tally.drop('duplicate');
    else {
      texts.set(key, WRITTEN);
      const id = record.id ?? Buffer.from(key, 'latin1').toString('hex');
      if (ids.has(id)) throw duplicateId(record, id);
      ids.add(id);
      const row: Row = { id, text, label, ...(lemmas === undefined ? {} : { lemmas }) };
      file.write(JSON.stringify(row));
      tally.write(text, label);
    }
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

function duplicateId(record: CleanRecord, id: string): DiagnosticError {
  return new DiagnosticError('duplicate-id', {
    message: `two records have the id ${id}`,
    at: { file: record.file, line: record.line },
    fix: 'make ids unique, or leave preprocessing.fields.id out so that the text names the row',
  });
}
