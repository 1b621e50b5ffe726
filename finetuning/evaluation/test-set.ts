import { join } from 'node:path';
import { DiagnosticError, type Location } from '../../diagnostics/index.js';
import { readLabelledRows, type LabelledRow, type TextInput } from '../data/index.js';
import { dataPlace } from './data-place.js';

/** Rows with what is right. */
export interface LabelledSet {
  readonly rows: readonly LabelledRow[];
  /** What a classifier is given of each row: its text or both, or its picture's path. [rows] */
  readonly inputs: readonly TextInput[];
  /** Label number of each row. [rows] */
  readonly actual: Uint32Array;
}

export interface TestSet extends LabelledSet {
  /** Those of the training set, sorted, in the order that training numbers them. */
  readonly labels: readonly string[];
  /** The label that most training rows have: what a model that reads nothing would say. */
  readonly majority: number;
}

/** Files or folders relative to the project, in place of data/finetuning/{train,test}.jsonl. */
export interface TestSetFiles {
  readonly train?: string;
  readonly test?: string;
}

/** @throws DiagnosticError `empty-dataset`, `unknown-label`, those of `readLabelledRows` */
export async function readTestSet(root: string, files: TestSetFiles = {}): Promise<TestSet> {
  const train = files.train ?? dataPlace(root, 'train');
  const counts = new Map<string, number>();
  for await (const { row } of readLabelledRows(join(root, train), train))
    counts.set(row.label, (counts.get(row.label) ?? 0) + 1);
  const labels = [...counts.keys()].sort();
  if (labels.length === 0) throw empty(train);
  const set = await readLabelledSet(root, files.test ?? dataPlace(root, 'test'), labels);
  const most = Math.max(...counts.values());
  const majority = labels.findIndex((label) => counts.get(label) === most);
  return { ...set, labels, majority };
}

/**
 * @param file relative to the project
 * @param labels those that models know
 * @throws DiagnosticError `empty-dataset`, `unknown-label`, those of `readLabelledRows`
 */
export async function readLabelledSet(
  root: string,
  file: string,
  labels: readonly string[],
): Promise<LabelledSet> {
  const numbers = new Map(labels.map((label, number) => [label, number]));
  const rows: LabelledRow[] = [];
  const inputs: TextInput[] = [];
  const actual: number[] = [];
  for await (const { row, input, at } of readLabelledRows(join(root, file), file)) {
    const label = numbers.get(row.label);
    if (label === undefined) throw unknown(row.label, at);
    rows.push(row);
    inputs.push(input);
    actual.push(label);
  }
  if (rows.length === 0) throw empty(file);
  return { rows, inputs, actual: Uint32Array.from(actual) };
}

function unknown(label: string, at: Location): DiagnosticError {
  return new DiagnosticError('unknown-label', {
    message: `the label ${label} is in no training row, so that no model can know it`,
    at,
    fix: 'split the data so that the training rows have every label: `reprise data prepare` does',
  });
}

function empty(file: string): DiagnosticError {
  return new DiagnosticError('empty-dataset', {
    message: `${file} has no rows`,
    at: { file },
    fix: 'run `reprise data prepare`, or name another file',
  });
}
