import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectLayout, type BaseConfig } from '../../../configs/index.js';
import { partialPath } from '../partial.js';
import { NearDuplicates } from '../preprocessing/near-duplicates.js';
import type { PreprocessReport } from '../preprocessing/preprocess-report.js';
import { DigestTable } from '../rows/digest-table.js';
import { digestOf } from '../rows/text-key.js';
import { readRowsOf } from './any-rows.js';

/** Characters: upper bounds of the classes in which lengths are counted. */
const LENGTHS = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];
const SPLITS = ['train', 'val', 'test'] as const;
type Split = (typeof SPLITS)[number];
/** From which estimated similarity a text counts as nearly another, and by how many words in a row. */
const NEAR = { threshold: 0.8, words: 3 };

interface SplitReport {
  readonly rows: number;
  readonly labels: Readonly<Record<string, number>>;
  /** Where labels are numbers. */
  readonly numbers?: { readonly lowest: number; readonly highest: number; readonly mean: number };
  /** Rows by length in characters: up to 16, 32, …, 8192, and longer. None of pictures. */
  readonly lengths: readonly number[];
}

/** data/report.json. */
export interface DataReport {
  /** Rows before and after each step, in order; the last `after` is what was split. */
  readonly steps: readonly { readonly step: string; readonly before: number; readonly after: number }[];
  readonly duplicates: { readonly exact: number; readonly near: number | null };
  readonly redacted: Readonly<Record<string, number>>;
  readonly lengthsUpTo: readonly number[];
  readonly splits: Readonly<Record<Split, SplitReport>>;
  /** Rows of val and test that training saw: the same text, nearly the same (0.8 by MinHash), or of the same group. */
  readonly leakage: Readonly<Record<'val' | 'test', { same: number; near: number; group: number }>>;
}

class NumberRange {
  #lowest = Infinity;
  #highest = -Infinity;
  #sum = 0;
  #count = 0;

  add(number: number): void {
    this.#lowest = Math.min(this.#lowest, number);
    this.#highest = Math.max(this.#highest, number);
    this.#sum += number;
    this.#count++;
  }

  record(): Pick<SplitReport, 'numbers'> {
    if (this.#count === 0) return {};
    const mean = Number((this.#sum / this.#count).toPrecision(6));
    return { numbers: { lowest: this.#lowest, highest: this.#highest, mean } };
  }
}

/** Looks at the splits as they were written. */
export async function reportOn(root: string, task: BaseConfig['task']): Promise<DataReport> {
  const spool = partialPath(join(root, `${projectLayout.dataReport}.signatures`));
  const near = task === 'image-classification' ? undefined : new NearDuplicates(spool, NEAR);
  try {
    const [texts, groups] = [new DigestTable(), new DigestTable()];
    const splits: Partial<Record<Split, SplitReport>> = {};
    const leakage = { val: { same: 0, near: 0, group: 0 }, test: { same: 0, near: 0, group: 0 } };
    for (const split of SPLITS) {
      const labels = new Map<string, number>();
      const numbers = new NumberRange();
      const lengths = new Array<number>(LENGTHS.length + 1).fill(0);
      let rows = 0;
      for await (const row of readRowsOf(task, join(root, projectLayout[split]), projectLayout[split])) {
        rows++;
        for (const label of row.labels ?? (row.label === '' ? [] : [row.label]))
          labels.set(label, (labels.get(label) ?? 0) + 1);
        for (const number of row.numbers ?? []) numbers.add(number);
        const group = typeof row.fields.group === 'string' ? digestOf(row.fields.group) : undefined;
        if (split === 'train') {
          texts.set(row.digest, 1);
          if (group) groups.set(group, 1);
        } else {
          if (texts.get(row.digest) !== undefined) leakage[split].same++;
          if (group && groups.get(group) !== undefined) leakage[split].group++;
        }
        if (!near) continue;
        near.add(row.content);
        const at = LENGTHS.findIndex((most) => row.content.length <= most);
        const kind = at === -1 ? LENGTHS.length : at;
        lengths[kind] = (lengths[kind] as number) + 1;
      }
      splits[split] = {
        rows,
        labels: Object.fromEntries([...labels].sort(([a], [b]) => (a < b ? -1 : 1))),
        ...numbers.record(),
        lengths: near ? lengths : [],
      };
    }
    const whole = splits as Record<Split, SplitReport>;
    countNear(near?.clusters(), whole, leakage);
    return { ...stepsOf(root), lengthsUpTo: LENGTHS, splits: whole, leakage };
  } finally {
    near?.close();
  }
}

/** Training rows were added first: a cluster that has one begins with one. */
function countNear(
  clusters: Int32Array | undefined,
  { train, val }: Record<Split, SplitReport>,
  leakage: Record<'val' | 'test', { near: number }>,
): void {
  for (const [row, first] of clusters?.entries() ?? [])
    if (row >= train.rows && first < train.rows) leakage[row < train.rows + val.rows ? 'val' : 'test'].near++;
}

const ORDER = [
  'missing',
  'out_of_range',
  'too_short',
  'too_long',
  'language',
  'step',
  'unlabelled',
  'unmapped',
  'conflicting',
  'duplicate',
  'near_duplicate',
  'balance',
] as const;

function stepsOf(root: string): Pick<DataReport, 'steps' | 'duplicates' | 'redacted'> {
  const path = join(root, projectLayout.preprocessReport);
  if (!existsSync(path)) return { steps: [], duplicates: { exact: 0, near: null }, redacted: {} };
  const report = JSON.parse(readFileSync(path, 'utf8')) as PreprocessReport;
  const steps: { step: string; before: number; after: number }[] = [];
  let left = report.read;
  for (const step of ORDER) {
    const dropped = report.dropped[step];
    if (dropped === undefined) continue;
    steps.push({ step, before: left, after: left - dropped });
    left -= dropped;
  }
  return {
    steps,
    duplicates: { exact: report.dropped.duplicate, near: report.dropped.near_duplicate ?? null },
    redacted: report.redacted ?? {},
  };
}
