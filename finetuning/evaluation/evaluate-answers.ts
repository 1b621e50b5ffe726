import { join } from 'node:path';
import { projectLayout, type EvaluationConfig } from '../../configs/index.js';
import { DiagnosticError, type Locator } from '../../diagnostics/index.js';
import { writeFiles, type OnProgress } from '../data/index.js';
import { loadMetrics, measure, type JudgedRow } from '../user-code/metric.js';
import {
  askAll,
  readAnswerRows,
  rounded,
  rowRecord,
  saidOf,
  type AnswerRows,
  type OtherProblem,
} from './answer-rows.js';
import type { Contender } from './classifier.js';
import { multiLabelMetrics } from './metrics-multi-label.js';
import { regressionMetrics } from './metrics-regression.js';

export interface EvaluateAnswersOptions {
  readonly root: string;
  readonly config: Pick<EvaluationConfig, 'batch_size' | 'metrics'>;
  /** Where the settings are written, for messages. */
  readonly places?: Locator;
  readonly problem: OtherProblem;
  /** In the order of the logits. */
  readonly labels: readonly string[];
  readonly base: Contender;
  readonly finetuned: Contender;
  readonly onProgress?: OnProgress;
}

/** Figures by their names; `null` where one cannot be told. */
export type Figures = Readonly<Record<string, number | null>>;

export interface AnswersRecord {
  readonly test_rows: number;
  readonly problem_type: OtherProblem;
  readonly base: Figures;
  readonly finetuned: Figures;
}

const METRIC_DECIMALS = 6;

/**
 * The base and the finetuned model over the test rows, where answers are numbers or any number of labels: metrics.json, and
 * reports/predictions.jsonl with what the finetuned model says.
 *
 * @throws DiagnosticError `unknown-label`, `not-finite`, those of `readAnswerRows` and of the models
 */
export async function evaluateAnswers(options: EvaluateAnswersOptions): Promise<AnswersRecord> {
  const { root, config, problem, labels, onProgress } = options;
  const metrics = await loadMetrics(config.metrics, root, options.places);
  const rows = await readAnswerRows(join(root, projectLayout.test), projectLayout.test, problem);
  if (problem === 'multi_label_classification') checkLabels(rows, labels);
  const ask = async (name: 'base' | 'finetuned'): Promise<Float32Array> => {
    const { logits } = await askAll(() => options[name].open(), rows.inputs, {
      batchSize: config.batch_size,
      onProgress: (step, total) => onProgress?.({ step, total, message: `evaluating ${name}` }),
    });
    return logits;
  };
  const [base, finetuned] = [await ask('base'), await ask('finetuned')];
  const said = saidOf(finetuned, labels, problem);
  const withOwn = async (logits: Float32Array): Promise<Figures> => {
    const figures = figuresOf(rows, logits, labels, problem);
    const judged = (): JudgedRow[] =>
      saidOf(logits, labels, problem).map((answer, row) => ({ ...rowRecord(rows, row, problem), ...answer }));
    return { ...figures, ...shortened(await measure(metrics, judged, Object.keys(figures))) };
  };
  const record: AnswersRecord = {
    test_rows: rows.ids.length,
    problem_type: problem,
    base: await withOwn(base),
    finetuned: await withOwn(finetuned),
  };
  const paths = [projectLayout.metrics, `${projectLayout.reports}/predictions.jsonl`];
  await writeFiles(
    paths.map((path) => join(root, path)),
    ([metrics, predictions]) => {
      metrics?.write(JSON.stringify(record, null, 2));
      said.forEach((answer, row) =>
        predictions?.write(JSON.stringify({ ...rowRecord(rows, row, problem), ...answer })),
      );
    },
  );
  return record;
}

function figuresOf(
  { answers }: AnswerRows,
  logits: Float32Array,
  labels: readonly string[],
  problem: OtherProblem,
): Figures {
  if (problem === 'regression') return shortened({ ...regressionMetrics(answers as number[], logits) });
  const actual = (answers as readonly (readonly string[])[]).flatMap((names) =>
    labels.map((label) => (names.includes(label) ? 1 : 0)),
  );
  const { classes: _, ...overall } = multiLabelMetrics(
    actual,
    logits.map((logit) => (logit > 0 ? 1 : 0)),
    labels.length,
  );
  return shortened({ ...overall });
}

function shortened(figures: Figures): Figures {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      name,
      value === null ? null : rounded(value, METRIC_DECIMALS),
    ]),
  );
}

function checkLabels({ answers, lines }: AnswerRows, labels: readonly string[]): void {
  answers.forEach((names, row) => {
    const unknown = (names as readonly string[]).find((name) => !labels.includes(name));
    if (unknown === undefined) return;
    throw new DiagnosticError('unknown-label', {
      message: `the model was not trained with the label ${unknown}`,
      at: { file: projectLayout.test, line: lines[row] as number },
      expected: labels.join(', '),
      fix: 'train it on rows with this label, or take the label out',
    });
  });
}
