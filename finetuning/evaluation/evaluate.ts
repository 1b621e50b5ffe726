import type { EvaluationConfig } from '../../configs/index.js';
import { DiagnosticError, type Locator } from '../../diagnostics/index.js';
import type { OnProgress } from '../data/index.js';
import { loadMetrics, measure, type LabelledAnswer, type Metrics } from '../user-code/metric.js';
import type { Classifier, Contender, Production } from './classifier.js';
import { compareClassifiers } from './compared/compare-classifiers.js';
import { comparePairs } from './compared/compared.js';
import { judge, judgeMajority, type Comparison, type Judged, type JudgedModel } from './comparison.js';
import { decide, probabilitiesOf, type Decisions } from './decide.js';
import { probabilityMetrics } from './probability-metrics.js';
import { Stopwatch, type Latency } from './stopwatch.js';
import {
  readLabelledSet,
  readTestSet,
  type LabelledSet,
  type TestSet,
  type TestSetFiles,
} from './test-set.js';
import { classifierWorth } from './worth.js';
import { figuresOf, writeOutputs } from './write-outputs.js';

export interface EvaluateOptions {
  readonly root: string;
  /** Of the project. */
  readonly name: string;
  readonly config: EvaluationConfig;
  /** Where the settings are written, for messages. */
  readonly places?: Locator;
  readonly files?: TestSetFiles;
  readonly base: (labels: readonly string[]) => Contender;
  readonly finetuned: (labels: readonly string[]) => Contender;
  /** Absent: nothing is in production. */
  readonly production?: Production<Contender>;
  readonly onProgress?: OnProgress;
}

/** Told, not written: what is written must come out the same each time. */
export interface Speed {
  /** Test rows per second. */
  readonly itemsPerSecond: number;
  readonly latency: Latency;
}

export interface EvaluateResult {
  readonly comparison: Comparison;
  readonly speed: { readonly base: Speed; readonly production?: Speed; readonly finetuned: Speed };
}

/**
 * Runs the base, the finetuned model and the one in production over the same test rows, one after the other so that only
 * one is in memory, and writes metrics.json, reports/ and plots/.
 *
 * @throws DiagnosticError `labels-differ`, `not-finite`, those of `readTestSet`, of the models and of the project's metrics
 */
export async function evaluate(options: EvaluateOptions): Promise<EvaluateResult> {
  const { root, name, config, files, onProgress = () => {} } = options;
  const metrics = await loadMetrics(config.metrics, root, options.places);
  const test = await readTestSet(root, files);
  const sets = new Map<string, LabelledSet>();
  for (const [set, file] of Object.entries(config.sets))
    sets.set(set, await readLabelledSet(root, file, test.labels));
  const given = { test, sets, config, metrics, onProgress };
  const base = await run('base', options.base(test.labels), given);
  const finetuned = await run('finetuned', options.finetuned(test.labels), given);
  const production = await runProduction(options.production, given);
  const models = {
    base: base.judged,
    ...(production?.judged ? { production: production.judged } : {}),
    finetuned: finetuned.judged,
  };
  const known = { actual: test.actual, labels: test.labels.length };
  const majority = judgeMajority(test);
  const compared = await comparePairs<Judged>(models, (before, after) =>
    compareClassifiers(known, before, after, config.intervals),
  );
  const overMajority = await compareClassifiers(known, majority, models.finetuned, config.intervals);
  const comparison: Comparison = {
    name,
    labels: test.labels,
    rows: test.rows,
    actual: test.actual,
    majority,
    ...models,
    compared,
    worth: classifierWorth({ ...test, majority, finetuned: models.finetuned }, overMajority, compared),
    ...(production?.reason === undefined ? {} : { notCompared: production.reason }),
  };
  await writeOutputs(root, comparison, config, test.inputs);
  const speed = {
    base: base.speed,
    ...(production?.speed ? { production: production.speed } : {}),
    finetuned: finetuned.speed,
  };
  return { comparison, speed };
}

interface Given {
  readonly test: TestSet;
  readonly sets: ReadonlyMap<string, LabelledSet>;
  readonly config: EvaluationConfig;
  readonly metrics: Metrics;
  readonly onProgress: OnProgress;
}

type Run = { readonly judged: JudgedModel; readonly speed: Speed };

/** A model in production that was made for other labels is no reason to fail: it is told. */
async function runProduction(
  production: Production<Contender> | undefined,
  given: Given,
): Promise<(Partial<Run> & { readonly reason?: string }) | undefined> {
  if (production === undefined || 'reason' in production) return production;
  try {
    return await run('production', production.contender, given);
  } catch (error) {
    if (!(error instanceof DiagnosticError) || error.code !== 'labels-differ') throw error;
    return { reason: `The model in production is not compared: it was made for other labels.` };
  }
}

async function run(
  name: string,
  contender: Contender,
  { test, sets, config, metrics, onProgress }: Given,
): Promise<Run> {
  const classifier = await contender.open();
  const labels = test.labels.length;
  const { description } = contender;
  try {
    const columns = columnsOf(classifier, test.labels, name);
    const stopwatch = new Stopwatch();
    const logitsOf = async ({ inputs }: LabelledSet, message: string): Promise<Float32Array> => {
      const logits = await classifier.predict(inputs, {
        batchSize: config.batch_size,
        onProgress(done, total) {
          stopwatch.lap(done);
          onProgress({ step: done, total, message });
        },
      });
      return reorder(logits, columns);
    };
    const logits = await logitsOf(test, `evaluating ${name}`);
    const speed = { itemsPerSecond: stopwatch.itemsPerSecond(), latency: stopwatch.latency() };
    const decisions = decide(logits, labels, name);
    const others: Record<string, Judged> = {};
    for (const [set, of] of sets)
      others[set] = judge(
        of,
        labels,
        decide(await logitsOf(of, `evaluating ${name} on ${set}`), labels, name),
        description,
      );
    const judged = {
      ...judge(test, labels, decisions, description),
      probabilities: probabilityMetrics(test.actual, probabilitiesOf(logits, labels), labels, {
        calibrationBins: config.calibration_bins,
        topK: config.top_k,
      }),
      sets: others,
    };
    const own = await measure(metrics, () => answersOf(test, decisions), Object.keys(figuresOf(judged)));
    return { judged: { ...judged, own }, speed };
  } finally {
    classifier.dispose();
  }
}

/** As the project's own metrics are given them. */
function answersOf({ rows, labels }: TestSet, { predicted, confidence }: Decisions): LabelledAnswer[] {
  return rows.map((row, at) => ({
    ...row,
    prediction: labels[predicted[at] as number] as string,
    confidence: confidence[at] as number,
  }));
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
