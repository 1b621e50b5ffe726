import { basename, join } from 'node:path';
import { projectLayout, type BaseConfig, type PreparationConfig } from '../../../configs/index.js';
import type { OnProgress } from '../progress.js';
import { readLines } from '../rows/read-lines.js';
import { writeFiles, type LineWriter } from '../rows/write-lines.js';
import { reportOn } from './data-report.js';
import { dataReportPage } from './data-report-page.js';
import { drawSplits } from './draw-splits.js';
import { SPLIT_CODES } from './split.js';
import { surveyRows, type Survey } from './survey.js';

export interface PrepareOptions {
  readonly root: string;
  readonly config: PreparationConfig;
  readonly seed: number;
  /** What the rows are; texts with labels, if absent. */
  readonly task?: BaseConfig['task'];
  readonly onProgress?: OnProgress;
}

export interface PrepareResult {
  readonly train: number;
  readonly val: number;
  readonly test: number;
  /** Rows left out because `max_train_rows` was reached. */
  readonly unused: number;
  /** None where rows have no labels. */
  readonly labels: readonly string[];
}

/**
 * data/processed/rows.jsonl → data/finetuning/{train,val,test}.jsonl. The first pass draws the splits from ids and
 * labels, the second writes the lines as they are, in the order of the file; a trainer shuffles by its own seed.
 *
 * Why splitting by id leaks nothing: a WordNet id is a synset, whose definition is one row, in one split. A lemma with
 * several senses may have one in train and another in test (it is so for 22 % of the template's test rows), but the
 * lemmas are no part of the text that a model reads, and each sense has a definition of its own: the same text twice in
 * the file is refused here. Grouping by lemma instead would chain 15 % of the definitions, those of the common words,
 * into one group that fits only in train, and the test would be of rare words alone.
 *
 * @throws DiagnosticError `file-missing`, `bad-row`, `empty-dataset`, `duplicate-row`, those of `drawSplits`
 */
export async function prepare(options: PrepareOptions): Promise<PrepareResult> {
  const { root, config, seed, task = 'text-classification', onProgress = () => {} } = options;
  const shownAs = projectLayout.rows;
  const file = join(root, shownAs);
  const survey = await surveyRows({ file, shownAs, task, by: config.split?.by, seed, onProgress });
  const codes = drawSplits(survey, config, shownAs);
  const labels = labelsOf(survey);
  const counts = [0, 0, 0, 0];
  const { train, val, test } = projectLayout;
  await writeFiles(
    [train, val, test].map((path) => join(root, path)),
    async (writers) => {
      const [toTrain, toVal, toTest] = writers as [LineWriter, LineWriter, LineWriter];
      const writerOf = { [SPLIT_CODES.train]: toTrain, [SPLIT_CODES.val]: toVal, [SPLIT_CODES.test]: toTest };
      let row = 0;
      for await (const { text } of readLines(file, shownAs)) {
        if (text.trim() === '') continue;
        const code = codes[row++] as 0 | 1 | 2 | 3;
        counts[code] = (counts[code] as number) + 1;
        if (code !== 0) writerOf[code].write(text);
        onProgress({ step: row, total: codes.length, message: 'writing splits' });
      }
    },
  );
  const [unused = 0, trainRows = 0, valRows = 0, testRows = 0] = counts;
  if (config.report) {
    const { dataReport, dataReportPage: page } = projectLayout;
    const report = await reportOn(root, task);
    await writeFiles(
      [dataReport, page].map((path) => join(root, path)),
      ([json, html]) => {
        json?.write(JSON.stringify(report, null, 2));
        html?.write(dataReportPage(report, basename(root)));
      },
    );
  }
  return { train: trainRows, val: valRows, test: testRows, unused, labels };
}

function labelsOf({ names, sets }: Survey): readonly string[] {
  if (sets) return [...new Set(sets.sets.flat())].sort();
  return names[0] === '' ? [] : names;
}
