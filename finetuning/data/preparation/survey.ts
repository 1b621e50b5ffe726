import type { BaseConfig, SplitConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { OnProgress } from '../progress.js';
import { DigestTable } from '../rows/digest-table.js';
import { Growing } from '../rows/growing.js';
import { digestOf } from '../rows/text-key.js';
import { readRowsOf, type AnyRowLine } from './any-rows.js';
import { drawingOrder } from './split.js';

/** What the splits are drawn by, of each row: some 40 bytes, and 40 more to find twins. */
export interface Survey {
  /** Drawing order, [rows]. */
  readonly order: Float64Array;
  /** Label numbers, [rows]. */
  readonly labels: Uint32Array;
  /** Sorted by code point, so that a label's number does not depend on the order of rows. One, empty, of rows without. */
  readonly names: readonly string[];
  /** Where rows have any number of labels: which they are. */
  readonly sets?: LabelSets;
  /** Drawing order of each row's group; empty unless they are asked for. */
  readonly groups: Growing<Float64Array>;
  /** Milliseconds since 1970; empty unless they are asked for. */
  readonly times: Growing<Float64Array>;
}

/** Sets of labels, each once, and the number of each row's. */
export interface LabelSets {
  readonly sets: readonly (readonly string[])[];
  /** [rows] */
  readonly ofRow: Uint32Array;
}

export interface SurveyOptions {
  readonly file: string;
  readonly shownAs: string;
  readonly task: BaseConfig['task'];
  readonly by: SplitConfig['by'] | undefined;
  readonly seed: number;
  readonly onProgress: OnProgress;
}

/** @throws DiagnosticError `duplicate-row`, `empty-dataset`, `bad-row`, `file-missing` */
export async function surveyRows(options: SurveyOptions): Promise<Survey> {
  const { file, shownAs, task, by, seed, onProgress } = options;
  const floats = (): Growing<Float64Array> => new Growing((length) => new Float64Array(length));
  const [order, groups, times] = [floats(), floats(), floats()];
  const found = new Growing((length) => new Uint32Array(length));
  const numbers = new Map<string, number>();
  const sets = new Map<string, number>();
  const ofRow = new Growing((length) => new Uint32Array(length));
  const [contents, ids] = [new DigestTable(), new DigestTable()];
  for await (const line of readRowsOf(task, file, shownAs)) {
    refuseTwin(
      contents,
      line.digest,
      line.number,
      shownAs,
      task === 'image-classification' ? 'image' : 'text',
    );
    refuseTwin(ids, digestOf(line.id), line.number, shownAs, 'id');
    order.push(drawingOrder(seed, line.id));
    if (by === 'group') groups.push(drawingOrder(seed, wanted(line, 'group', shownAs)));
    if (by === 'time' || by === 'date') times.push(momentOf(line, shownAs));
    if (line.labels) {
      const all = JSON.stringify(line.labels.toSorted());
      const set = sets.get(all) ?? sets.size;
      sets.set(all, set);
      ofRow.push(set);
    }
    const label = numbers.get(line.label) ?? numbers.size;
    numbers.set(line.label, label);
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
  const labels = found.values.map((label) => rank.get(label) as number);
  return {
    ...{ order: order.values, labels, names, groups, times },
    ...(sets.size > 0
      ? { sets: { sets: [...sets.keys()].map((all) => JSON.parse(all) as string[]), ofRow: ofRow.values } }
      : {}),
  };
}

function wanted({ fields, number }: AnyRowLine, field: 'group' | 'time', file: string): string {
  const value = fields[field];
  if (typeof value === 'string' && value !== '') return value;
  throw new DiagnosticError('bad-row', {
    message: `this row has no ${field}, and preparation.split draws by it`,
    at: { file, line: number },
    expected: `${field}: a string that is not empty`,
    found: value === undefined ? 'nothing' : JSON.stringify(value),
    fix: `set preprocessing.fields.${field} in configs/data_config.yaml and run \`reprise data preprocess\` again`,
  });
}

/** ISO 8601, or seconds since 1970. */
function momentOf(line: AnyRowLine, file: string): number {
  const text = wanted(line, 'time', file);
  const value = /^\d+(\.\d+)?$/.test(text) && !/^\d{4}$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (!Number.isNaN(value)) return value;
  throw new DiagnosticError('bad-row', {
    message: "this row's time cannot be read",
    at: { file, line: line.number },
    expected: 'ISO 8601, as 2024-05-31T12:00:00Z, or seconds since 1970',
    found: text,
    fix: 'correct the record, or name another field in preprocessing.fields.time',
  });
}

/** The same row in two splits would make the test a test of memory. */
function refuseTwin(
  seen: DigestTable,
  digest: Buffer,
  line: number,
  file: string,
  what: 'text' | 'image' | 'id',
): void {
  const first = seen.get(digest);
  if (first === undefined) {
    seen.set(digest, line);
    return;
  }
  throw new DiagnosticError('duplicate-row', {
    message: `this row has the same ${what} as the one on line ${first}, and the two could fall into different splits`,
    at: { file, line },
    fix: 'run `reprise data preprocess`, which drops duplicates, or remove one of them',
  });
}
