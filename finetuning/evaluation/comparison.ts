import type { LabelledRow } from '../data/index.js';
import type { ComparedPair } from './compared/compared.js';
import type { Decisions } from './decide.js';
import { confusionMatrix, metricsOf, type ConfusionMatrix, type Metrics } from './metrics.js';
import type { ProbabilityMetrics } from './probability-metrics.js';
import type { LabelledSet, TestSet } from './test-set.js';
import type { Worth } from './worth.js';

/** One model's answers on the test rows, and what they are worth. */
export interface Judged extends Decisions {
  readonly description: string;
  readonly confusion: ConfusionMatrix;
  readonly metrics: Metrics;
}

/** One model, with what its probabilities are worth. */
export interface JudgedModel extends Judged {
  readonly probabilities: ProbabilityMetrics;
  /** On other test sets, by name. */
  readonly sets: Readonly<Record<string, Judged>>;
  /** What the project's own metrics say, by name. */
  readonly own: Readonly<Record<string, number | null>>;
}

export interface Comparison {
  /** Of the project, for the report's title. */
  readonly name: string;
  readonly labels: readonly string[];
  readonly rows: readonly LabelledRow[];
  readonly actual: Uint32Array;
  /** Always the most frequent training label. */
  readonly majority: Judged;
  readonly base: JudgedModel;
  /** The model in production, where there is one that knows these labels. */
  readonly production?: JudgedModel;
  readonly finetuned: JudgedModel;
  /** Each model beside the others. */
  readonly compared: readonly ComparedPair[];
  readonly worth: Worth;
  /** Why the model in production is not among them, where there is one. */
  readonly notCompared?: string;
}

/** @param labels how many there are */
export function judge(
  test: Pick<LabelledSet, 'actual'>,
  labels: number,
  decisions: Decisions,
  description: string,
): Judged {
  const confusion = confusionMatrix(test.actual, decisions.predicted, labels);
  return { ...decisions, description, confusion, metrics: metricsOf(confusion) };
}

export function judgeMajority(test: TestSet): Judged {
  const rows = test.rows.length;
  const decisions = {
    predicted: new Uint32Array(rows).fill(test.majority),
    confidence: new Float64Array(rows).fill(1),
  };
  return judge(
    test,
    test.labels.length,
    decisions,
    `Always says ${test.labels[test.majority]}, the most frequent training label`,
  );
}

export interface WorstError {
  /** Number of the row. */
  readonly index: number;
  readonly row: LabelledRow;
  readonly predicted: string;
  readonly confidence: number;
}

/** The mistakes that the model was surest of. */
export function worstErrors(comparison: Comparison, count: number): WorstError[] {
  const { actual, finetuned, rows, labels } = comparison;
  return [...actual.keys()]
    .filter((row) => finetuned.predicted[row] !== actual[row])
    .sort((a, b) => (finetuned.confidence[b] as number) - (finetuned.confidence[a] as number) || a - b)
    .slice(0, count)
    .map((row) => ({
      index: row,
      row: rows[row] as LabelledRow,
      predicted: labels[finetuned.predicted[row] as number] as string,
      confidence: finetuned.confidence[row] as number,
    }));
}

export interface Confusion {
  readonly actual: string;
  readonly predicted: string;
  readonly count: number;
}

/** Pairs of labels that the finetuned model mixes up most. */
export function largestConfusions(comparison: Comparison, count: number): Confusion[] {
  const { labels, finetuned } = comparison;
  const size = labels.length;
  const found: Confusion[] = [];
  for (const [at, rows] of finetuned.confusion.counts.entries()) {
    const [actual, predicted] = [Math.floor(at / size), at % size];
    if (rows > 0 && actual !== predicted)
      found.push({ actual: labels[actual] as string, predicted: labels[predicted] as string, count: rows });
  }
  return found.sort((a, b) => b.count - a.count || (a.actual < b.actual ? -1 : 1)).slice(0, count);
}
