import { join } from 'node:path';
import { projectLayout } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { readLabelledRows, type LabelledRow, type TextInput } from '../data/index.js';

export interface TestSet {
  readonly rows: readonly LabelledRow[];
  /** What a classifier is given of each row: its text or both, or its picture's path. [rows] */
  readonly inputs: readonly TextInput[];
  /** Label number of each row. [rows] */
  readonly actual: Uint32Array;
  /** Those of the training set, sorted, in the order that training numbers them. */
  readonly labels: readonly string[];
  /** The label that most training rows have: what a model that reads nothing would say. */
  readonly majority: number;
}

/** @throws DiagnosticError `empty-dataset`, `unknown-label`, those of `readLabelledRows` */
export async function readTestSet(root: string): Promise<TestSet> {
  const counts = new Map<string, number>();
  for await (const { row } of readLabelledRows(join(root, projectLayout.train), projectLayout.train))
    counts.set(row.label, (counts.get(row.label) ?? 0) + 1);
  const labels = [...counts.keys()].sort();
  const numbers = new Map(labels.map((label, number) => [label, number]));
  const rows: LabelledRow[] = [];
  const inputs: TextInput[] = [];
  const actual: number[] = [];
  for await (const { row, input, number: line } of readLabelledRows(
    join(root, projectLayout.test),
    projectLayout.test,
  )) {
    const label = numbers.get(row.label);
    if (label === undefined)
      throw new DiagnosticError('unknown-label', {
        message: `the label ${row.label} is in no training row, so that no model can know it`,
        at: { file: projectLayout.test, line },
        fix: 'run `reprise data prepare` again, which gives each split every label',
      });
    rows.push(row);
    inputs.push(input);
    actual.push(label);
  }
  for (const [file, count] of [
    [projectLayout.train, labels.length],
    [projectLayout.test, rows.length],
  ] as const)
    if (count === 0)
      throw new DiagnosticError('empty-dataset', {
        message: `${file} has no rows`,
        at: { file },
        fix: 'run `reprise data prepare`',
      });
  const most = Math.max(...counts.values());
  const majority = labels.findIndex((label) => counts.get(label) === most);
  return { rows, inputs, actual: Uint32Array.from(actual), labels, majority };
}
