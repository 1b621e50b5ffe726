import { join } from 'node:path';
import { projectLayout, type PreparationConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { OnProgress } from '../progress.js';
import { readRows } from '../rows/read-rows.js';
import { textKey } from '../rows/text-key.js';
import { writeFiles, type LineWriter } from '../rows/write-lines.js';
import { SPLIT_CODES, drawingOrder, split } from './split.js';

export interface PrepareOptions {
  readonly root: string;
  readonly config: PreparationConfig;
  readonly seed: number;
  readonly onProgress?: OnProgress;
}

export interface PrepareResult {
  readonly train: number;
  readonly val: number;
  readonly test: number;
  /** Rows left out because `max_train_rows` was reached. */
  readonly unused: number;
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
 * @throws DiagnosticError `file-missing`, `bad-row`, `empty-dataset`, `duplicate-row`, `class-too-small`, `too-few-rows`
 */
export async function prepare(options: PrepareOptions): Promise<PrepareResult> {
  const { root, config, seed, onProgress = () => {} } = options;
  const shownAs = projectLayout.rows;
  const file = join(root, shownAs);
  const { order, labels, names } = await survey(file, shownAs, seed, onProgress);
  const codes = split(labels, order, names, config, shownAs);
  const counts = [0, 0, 0, 0];
  const { train, val, test } = projectLayout;
  await writeFiles(
    [train, val, test].map((path) => join(root, path)),
    async (writers) => {
      const [toTrain, toVal, toTest] = writers as [LineWriter, LineWriter, LineWriter];
      const writerOf = { [SPLIT_CODES.train]: toTrain, [SPLIT_CODES.val]: toVal, [SPLIT_CODES.test]: toTest };
      let row = 0;
      for await (const { text } of readRows(file, shownAs)) {
        const code = codes[row++] as 0 | 1 | 2 | 3;
        counts[code] = (counts[code] as number) + 1;
        if (code !== 0) writerOf[code].write(text);
        onProgress({ step: row, total: codes.length, message: 'writing splits' });
      }
    },
  );
  const [unused = 0, trainRows = 0, valRows = 0, testRows = 0] = counts;
  return { train: trainRows, val: valRows, test: testRows, unused, labels: names };
}

interface Survey {
  readonly order: Float64Array;
  readonly labels: Uint32Array;
  /** Sorted by code point, so that a label's number does not depend on the order of rows. */
  readonly names: readonly string[];
}

async function survey(file: string, shownAs: string, seed: number, onProgress: OnProgress): Promise<Survey> {
  const order: number[] = [];
  const found: number[] = [];
  const numbers = new Map<string, number>();
  const texts = new Map<string, number>();
  const ids = new Map<string, number>();
  for await (const { row, number } of readRows(file, shownAs)) {
    refuseTwin(texts, textKey(row.text), number, shownAs, 'text');
    refuseTwin(ids, row.id, number, shownAs, 'id');
    order.push(drawingOrder(seed, row.id));
    const label = numbers.get(row.label) ?? numbers.size;
    numbers.set(row.label, label);
    found.push(label);
    onProgress({ step: order.length, message: 'drawing splits' });
  }
  if (order.length === 0)
    throw new DiagnosticError('empty-dataset', {
      message: 'there are no rows to split',
      at: { file: shownAs },
      fix: 'run `reprise data preprocess`, and look at its report',
    });
  const names = [...numbers.keys()].sort();
  const rank = new Map(names.map((name, index) => [numbers.get(name) as number, index]));
  return {
    order: Float64Array.from(order),
    labels: Uint32Array.from(found, (label) => rank.get(label) as number),
    names,
  };
}

/** The same row in two splits would make the test a test of memory. */
function refuseTwin(
  seen: Map<string, number>,
  key: string,
  line: number,
  file: string,
  what: 'text' | 'id',
): void {
  const first = seen.get(key);
  if (first === undefined) {
    seen.set(key, line);
    return;
  }
  throw new DiagnosticError('duplicate-row', {
    message: `this row has the same ${what} as the one on line ${first}, and the two could fall into different splits`,
    at: { file, line },
    fix: 'run `reprise data preprocess`, which drops duplicates, or remove one of them',
  });
}
