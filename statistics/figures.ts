/** Label numbers of the same rows, in the same order. [rows] */
export interface PairedAnswers {
  readonly labels: number;
  readonly actual: Uint32Array;
  readonly production: Uint32Array;
  readonly candidate: Uint32Array;
}

/**
 * The rows by what is said of them. Figures depend on how many rows are of each kind alone, and of kinds there are few: a
 * resample is counted once, and both models are judged by the counts.
 */
export interface Kinds {
  readonly labels: number;
  /** Label numbers of each kind: the true one, and the answers. [kinds] */
  readonly actual: Uint32Array;
  readonly production: Uint32Array;
  readonly candidate: Uint32Array;
  /** The kind of each row. [rows] */
  readonly ofRow: Uint32Array;
}

export function kindsOf({ labels, actual, production, candidate }: PairedAnswers): Kinds {
  const numbers = new Map<number, number>();
  const first: number[] = [];
  const ofRow = actual.map((label, row) => {
    const kind = (label * labels + (production[row] as number)) * labels + (candidate[row] as number);
    const known = numbers.get(kind);
    if (known !== undefined) return known;
    numbers.set(kind, first.length);
    return first.push(row) - 1;
  });
  const pick = (values: Uint32Array): Uint32Array => Uint32Array.from(first, (row) => values[row] as number);
  return { labels, actual: pick(actual), production: pick(production), candidate: pick(candidate), ofRow };
}

/** What one model's answers on some rows are worth. */
export interface Figures {
  readonly accuracy: number;
  /** As scikit-learn's with `zero_division=0`: a label without rows and answers counts as 0. */
  readonly macroF1: number;
  /** By label number; NaN for one without rows. */
  readonly recall: Float64Array;
}

/** @param counts how many rows there are of each kind. [kinds] */
export function figuresOf(kinds: Kinds, model: 'production' | 'candidate', counts: Uint32Array): Figures {
  const { labels, actual } = kinds;
  const support = new Float64Array(labels);
  const said = new Float64Array(labels);
  const hits = new Float64Array(labels);
  for (const [kind, answer] of kinds[model].entries()) {
    const label = actual[kind] as number;
    const rows = counts[kind] as number;
    support[label] = (support[label] as number) + rows;
    said[answer] = (said[answer] as number) + rows;
    if (label === answer) hits[label] = (hits[label] as number) + rows;
  }
  const recall = new Float64Array(labels);
  let all = 0;
  let right = 0;
  let f1 = 0;
  for (const [label, hit] of hits.entries()) {
    const [rowsOf, answersOf] = [support[label] as number, said[label] as number];
    all += rowsOf;
    right += hit;
    recall[label] = hit / rowsOf;
    if (rowsOf + answersOf > 0) f1 += (2 * hit) / (rowsOf + answersOf);
  }
  return { accuracy: right / all, macroF1: f1 / labels, recall };
}

/** @param rows which rows, and how often each: a resample names some twice and others not at all */
export function countKinds({ ofRow, actual }: Kinds, rows: Iterable<number>): Uint32Array {
  const counts = new Uint32Array(actual.length);
  for (const row of rows) {
    const kind = ofRow[row] as number;
    counts[kind] = (counts[kind] as number) + 1;
  }
  return counts;
}
