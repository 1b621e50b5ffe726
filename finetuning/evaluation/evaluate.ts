import { performance } from 'node:perf_hooks';
import type { EvaluationConfig } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { OnProgress } from '../data/index.js';
import type { Classifier, Contender } from './classifier.js';
import { judge, judgeMajority, type Comparison, type Judged } from './comparison.js';
import { decide } from './decide.js';
import { readTestSet, type TestSet } from './test-set.js';
import { writeOutputs } from './write-outputs.js';

export interface EvaluateOptions {
  readonly root: string;
  /** Of the project. */
  readonly name: string;
  readonly config: EvaluationConfig;
  readonly base: (labels: readonly string[]) => Contender;
  readonly finetuned: (labels: readonly string[]) => Contender;
  readonly onProgress?: OnProgress;
}

export interface EvaluateResult {
  readonly comparison: Comparison;
  /** Test rows per second. Told, not written: what is written must come out the same each time. */
  readonly itemsPerSecond: { readonly base: number; readonly finetuned: number };
}

/**
 * Runs the base and the finetuned model over the same test rows, one after the other so that only one is in memory,
 * and writes metrics.json and reports/.
 *
 * @throws DiagnosticError `labels-differ`, `not-finite`, those of `readTestSet` and of the models
 */
export async function evaluate(options: EvaluateOptions): Promise<EvaluateResult> {
  const { root, name, config, onProgress = () => {} } = options;
  const test = await readTestSet(root);
  const base = await run('base', options.base(test.labels), test, config, onProgress);
  const finetuned = await run('finetuned', options.finetuned(test.labels), test, config, onProgress);
  const comparison: Comparison = {
    name,
    labels: test.labels,
    rows: test.rows,
    actual: test.actual,
    majority: judgeMajority(test),
    base: base.judged,
    finetuned: finetuned.judged,
  };
  await writeOutputs(root, comparison, config);
  return {
    comparison,
    itemsPerSecond: { base: base.itemsPerSecond, finetuned: finetuned.itemsPerSecond },
  };
}

async function run(
  name: string,
  contender: Contender,
  test: TestSet,
  config: EvaluationConfig,
  onProgress: OnProgress,
): Promise<{ judged: Judged; itemsPerSecond: number }> {
  const classifier = await contender.open();
  try {
    const columns = columnsOf(classifier, test.labels, name);
    const started = performance.now();
    const message = `evaluating ${name}`;
    const logits = await classifier.predict(test.inputs, {
      batchSize: config.batch_size,
      onProgress: (done, total) => onProgress({ step: done, total, message }),
    });
    const seconds = (performance.now() - started) / 1000;
    const decisions = decide(reorder(logits, columns), test.labels.length, name);
    return {
      judged: judge(test, decisions, contender.description),
      itemsPerSecond: test.rows.length / seconds,
    };
  } finally {
    classifier.dispose();
  }
}

/** For each label of the test set, the model's column. */
function columnsOf(classifier: Classifier, labels: readonly string[], name: string): number[] {
  const columns = labels.map((label) => classifier.labels.indexOf(label));
  if (classifier.labels.length === labels.length && !columns.includes(-1)) return columns;
  throw new DiagnosticError('labels-differ', {
    message: `the ${name} model was made for other labels than the training set has`,
    expected: labels.join(', '),
    found: classifier.labels.join(', '),
    fix: 'train it again on this data',
  });
}

/** @param logits [rows, labels] in the model's order */
function reorder(logits: Float32Array, columns: readonly number[]): Float32Array {
  if (columns.every((column, label) => column === label)) return logits;
  const width = columns.length;
  return logits.map((_, at) => logits[at - (at % width) + (columns[at % width] as number)] as number);
}
