import { createHash } from 'node:crypto';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { allocate } from './allocate.js';

export type SplitName = 'train' | 'val' | 'test';
/** What a row number is mapped to. 0: in no split, because `max_train_rows` was reached. */
export const SPLIT_CODES = { train: 1, val: 2, test: 3 } as const satisfies { [name in SplitName]: number };

/** How many rows of each split are wanted. */
export interface SplitSizes {
  readonly test_rows: number;
  readonly val_rows: number;
  readonly max_train_rows: number | null;
}

/** Fewest rows that a class can have: one for each split. */
const FEWEST_ROWS = 3;

/**
 * A number in [0, 2^48) that depends on the seed and the row's id alone. Rows are drawn in its order, so that a row's
 * place does not depend on where in the file it stands, and rows added later push few others out of their split.
 */
export function drawingOrder(seed: number, id: string): number {
  return createHash('sha256').update(`${seed}\n${id}`).digest().readUIntBE(0, 6);
}

/**
 * Stratified: each label's rows are sorted by drawing order; the first go to test, the next to val, the next to train.
 *
 * @param labels the label number of each row, [rows]
 * @param order drawing order of each row, [rows]
 * @param names label numbers → labels, sorted; one that is empty, where rows have no labels
 * @returns a split code for each row, [rows]
 * @throws DiagnosticError `class-too-small`, `too-few-rows`
 */
export function split(
  labels: Uint32Array,
  order: Float64Array,
  names: readonly string[],
  config: SplitSizes,
  file: string,
): Uint8Array {
  const byLabel: number[][] = names.map(() => []);
  for (const [row, label] of labels.entries()) (byLabel[label] as number[]).push(row);
  const sizes = byLabel.map((rows) => rows.length);
  checkSizes(names, sizes, config, file);
  checkSplitSizes(names.length, config);

  const test = allocate(
    sizes,
    sizes.map((size) => size - 2),
    config.test_rows,
  );
  const val = allocate(
    sizes,
    sizes.map((size, label) => size - (test[label] as number) - 1),
    config.val_rows,
  );
  const rest = sizes.map((size, label) => size - (test[label] as number) - (val[label] as number));
  const available = rest.reduce((sum, size) => sum + size, 0);
  const train = allocate(sizes, rest, Math.min(available, config.max_train_rows ?? available));

  const codes = new Uint8Array(labels.length);
  for (const [label, rows] of byLabel.entries()) {
    rows.sort((a, b) => (order[a] as number) - (order[b] as number) || a - b);
    const counts = [
      [SPLIT_CODES.test, test[label] as number],
      [SPLIT_CODES.val, val[label] as number],
      [SPLIT_CODES.train, train[label] as number],
    ] as const;
    let next = 0;
    for (const [code, count] of counts)
      for (const row of rows.slice(next, (next += count))) codes[row] = code;
  }
  return codes;
}

/** @param sizes rows of each label @throws DiagnosticError `class-too-small`, `too-few-classes`, `too-few-rows` */
export function checkSizes(
  names: readonly string[],
  sizes: readonly number[],
  config: SplitSizes,
  file: string,
): void {
  const at = { file };
  const small = names.filter((_, label) => (sizes[label] as number) < FEWEST_ROWS);
  if (small.length > 0 && names[0] !== '')
    throw new DiagnosticError('class-too-small', {
      message: `too few rows of ${small.slice(0, 5).join(', ')}${small.length > 5 ? ` and ${small.length - 5} more labels` : ''} to be in train, val and test`,
      at,
      expected: `at least ${FEWEST_ROWS} rows of each label`,
      found: small
        .slice(0, 5)
        .map((name) => `${name}: ${sizes[names.indexOf(name)]}`)
        .join(', '),
      fix: 'add rows of these labels, or give them another label',
    });
  if (names.length < 2 && names[0] !== '')
    throw new DiagnosticError('too-few-classes', {
      message: 'there is nothing to classify: every row has the same label',
      at,
      found: names.join(', '),
      fix: 'check preprocessing.fields.label in configs/data_config.yaml',
    });
  const rows = sizes.reduce((sum, size) => sum + size, 0);
  const needed = config.test_rows + config.val_rows + names.length;
  if (rows < needed)
    throw new DiagnosticError('too-few-rows', {
      message: 'there are too few rows for the test and val splits that were asked for',
      at,
      expected: `at least ${needed} rows (${config.test_rows} test, ${config.val_rows} val, ${names[0] === '' ? 'one' : 'one of each label'} to train)`,
      found: `${rows} rows`,
      fix: 'lower data_config.preparation.test_rows or val_rows in params.yaml',
    });
}

function checkSplitSizes(labels: number, config: SplitSizes): void {
  for (const key of ['test_rows', 'val_rows', 'max_train_rows'] as const) {
    const size = config[key];
    if (size !== null && size < labels)
      throw new DiagnosticError('too-few-rows', {
        message: `preparation.${key} is smaller than the number of labels, so that some would be left out`,
        at: { file: 'params.yaml' },
        expected: `at least ${labels}`,
        found: String(size),
        fix: `raise data_config.preparation.${key}`,
      });
  }
}
