import type { PreparationConfig, SplitConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { allocate } from './allocate.js';
import { SPLIT_CODES, checkSizes, split, type SplitSizes } from './split.js';
import { stratify } from './stratify.js';
import type { LabelSets, Survey } from './survey.js';

type Shares = Extract<SplitConfig, { test: number }>;
type Dates = Extract<SplitConfig, { by: 'date' }>;

/** What `drawingOrder` is below. */
const WHOLE = 2 ** 48;

/**
 * Which split each row is in.
 *
 * @returns a split code for each row, [rows]; 0 where `max_train_rows` was reached
 * @throws DiagnosticError `empty-split`, `label-not-in-train`, those of `split`
 */
export function drawSplits(survey: Survey, config: PreparationConfig, file: string): Uint8Array {
  const codes = drawn(survey, config, file);
  if (survey.sets) checkSets(codes, survey.sets, file);
  return codes;
}

function drawn(survey: Survey, config: PreparationConfig, file: string): Uint8Array {
  const { labels, order, names } = survey;
  const { split: how, max_train_rows } = config;
  if (how === undefined) {
    const sizes = { test_rows: config.test_rows ?? 0, val_rows: config.val_rows ?? 0, max_train_rows };
    if (survey.sets) {
      checkSizes(names, [order.length], sizes, file);
      return stratified(survey.sets, order, sizes);
    }
    return split(labels, order, names, sizes, file);
  }
  const codes = codesOf(survey, how, max_train_rows);
  leaveOut(codes, order, max_train_rows);
  check(codes, survey, how, file);
  return codes;
}

/** Where rows have any number of labels, each must be among the training rows. */
function checkSets(codes: Uint8Array, { sets, ofRow }: LabelSets, file: string): void {
  const inTrain = new Uint8Array(sets.length);
  for (let row = 0; row < codes.length; row++)
    if (codes[row] === SPLIT_CODES.train) inTrain[ofRow[row] as number] = 1;
  const trained = new Set(sets.filter((_, set) => inTrain[set] === 1).flat());
  const unknown = [...new Set(sets.flat())].filter((label) => !trained.has(label)).sort();
  if (unknown.length > 0) throw notInTrain(unknown, file);
}

function notInTrain(unknown: readonly string[], file: string): DiagnosticError {
  return new DiagnosticError('label-not-in-train', {
    message: `no training row has the label ${unknown.slice(0, 5).join(', ')}${unknown.length > 5 ? ` or ${unknown.length - 5} others` : ''}`,
    at: { file },
    expected: 'each label among the training rows',
    fix: 'add rows of these labels, leave them out by preprocessing.label_map, or set preparation.split.by to label',
  });
}

function codesOf(survey: Survey, how: SplitConfig, mostTrain: number | null): Uint8Array {
  switch (how.by) {
    case 'row':
    case 'group':
      return byHash(how.by === 'row' ? survey.order : survey.groups.values, how);
    case 'label':
      return survey.sets
        ? byLabels(survey.sets, survey.order, how, mostTrain)
        : byLabel(survey, how, mostTrain);
    case 'time':
      return byTime(survey.times.values, newest(survey.times.values, how));
    case 'date':
      return byTime(survey.times.values, datesOf(how));
  }
}

/** A row's place depends on its own hash, or its group's, and on nothing else. */
function byHash(order: Float64Array, { test, val }: Shares): Uint8Array {
  return codesBy(order, (place) => {
    const share = place / WHOLE;
    return share < test ? SPLIT_CODES.test : share < test + val ? SPLIT_CODES.val : SPLIT_CODES.train;
  });
}

function byLabel(
  { labels, order, names }: Survey,
  { test, val }: Shares,
  mostTrain: number | null,
): Uint8Array {
  const rows: number[][] = names.map(() => []);
  for (const [row, label] of labels.entries()) (rows[label] as number[]).push(row);
  const share = (size: number, of: number): number => Math.max(1, Math.round(size * of));
  const rest = rows.map(({ length }) => Math.max(0, length - share(length, test) - share(length, val)));
  const available = rest.reduce((sum, size) => sum + size, 0);
  const few = mostTrain !== null && mostTrain < available && mostTrain >= names.length;
  const train = few && rest.every((size) => size > 0) ? allocate(rest, rest, mostTrain) : rest;
  const codes = new Uint8Array(labels.length);
  for (const [label, each] of rows.entries()) {
    each.sort((a, b) => (order[a] as number) - (order[b] as number) || a - b);
    const tests = share(each.length, test);
    const trains = tests + share(each.length, val);
    for (const row of each.slice(0, tests)) codes[row] = SPLIT_CODES.test;
    for (const row of each.slice(tests, trains)) codes[row] = SPLIT_CODES.val;
    for (const row of each.slice(trains, trains + (train[label] as number))) codes[row] = SPLIT_CODES.train;
  }
  return codes;
}

/** The same of rows that have any number of them. */
function byLabels(
  sets: LabelSets,
  order: Float64Array,
  { test, val }: Shares,
  most: number | null,
): Uint8Array {
  const share = (of: number): number => Math.max(1, Math.round(order.length * of));
  return stratified(sets, order, { test_rows: share(test), val_rows: share(val), max_train_rows: most });
}

function stratified(sets: LabelSets, order: Float64Array, sizes: SplitSizes): Uint8Array {
  const [test, val] = [sizes.test_rows, sizes.val_rows];
  const rest = Math.max(0, order.length - test - val);
  return stratify(sets, order, { test, val, train: Math.min(rest, sizes.max_train_rows ?? rest) });
}

interface Dated {
  /** Milliseconds since 1970. */
  readonly valFrom: number;
  readonly testFrom: number;
}

function datesOf({ val_from, test_from }: Dates): Dated {
  return { valFrom: Date.parse(val_from), testFrom: Date.parse(test_from) };
}

/** The times from which so many of the rows are newer. */
function newest(times: Float64Array, { test, val }: Shares): Dated {
  const sorted = times.slice().sort();
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.round(sorted.length * (1 - share)))] as number;
  return { testFrom: at(test), valFrom: at(test + val) };
}

function byTime(times: Float64Array, { valFrom, testFrom }: Dated): Uint8Array {
  return codesBy(times, (time) =>
    time >= testFrom ? SPLIT_CODES.test : time >= valFrom ? SPLIT_CODES.val : SPLIT_CODES.train,
  );
}

/** `Uint8Array.from` would hold all values in a list meanwhile. */
function codesBy(values: Float64Array, codeOf: (value: number) => number): Uint8Array {
  const codes = new Uint8Array(values.length);
  for (let row = 0; row < values.length; row++) codes[row] = codeOf(values[row] as number);
  return codes;
}

/** Of the training rows, those that are last in drawing order go. */
function leaveOut(codes: Uint8Array, order: Float64Array, most: number | null): void {
  if (most === null) return;
  const train = order.filter((_, row) => codes[row] === SPLIT_CODES.train).sort();
  if (train.length <= most) return;
  const last = train[most - 1] as number;
  for (let row = 0; row < codes.length; row++)
    if (codes[row] === SPLIT_CODES.train && (order[row] as number) > last) codes[row] = 0;
}

/** Of few rows, a small share may be none. */
function fixOf(empty: string, { by }: SplitConfig): string {
  if (by === 'date') return 'change the dates of preparation.split';
  const share =
    empty === 'train' ? 'lower preparation.split.val and test' : `raise preparation.split.${empty}`;
  return `bring more rows, or ${share}${by === 'group' ? ', or group by something of which there are more' : ''}`;
}

function check(codes: Uint8Array, { labels, names }: Survey, how: SplitConfig, file: string): void {
  const rows = (wanted: number): number => codes.reduce((sum, code) => sum + Number(code === wanted), 0);
  const sizes = { train: rows(SPLIT_CODES.train), val: rows(SPLIT_CODES.val), test: rows(SPLIT_CODES.test) };
  const empty = Object.entries(sizes).find(([, size]) => size === 0);
  if (empty)
    throw new DiagnosticError('empty-split', {
      message: `preparation.split leaves no rows for ${empty[0]}`,
      at: { file },
      found: Object.entries(sizes)
        .map(([name, size]) => `${size} ${name}`)
        .join(', '),
      fix: `${fixOf(empty[0], how)}, in configs/data_config.yaml`,
    });
  if (names[0] === '') return;
  const trained = new Set<number>();
  for (let row = 0; row < labels.length; row++)
    if (codes[row] === SPLIT_CODES.train) trained.add(labels[row] as number);
  const unknown = names.filter((_, label) => !trained.has(label));
  if (unknown.length > 0) throw notInTrain(unknown, file);
}
