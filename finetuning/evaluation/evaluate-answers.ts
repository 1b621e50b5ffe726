import { join } from 'node:path';
import { projectLayout, type EvaluationConfig } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { writeFiles, type OnProgress } from '../data/index.js';
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
import { regressionByOutput } from './regression-by-output.js';

export interface EvaluateAnswersOptions {
  readonly root: string;
  readonly config: Pick<EvaluationConfig, 'batch_size'>;
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
  /** Of a regression with several outputs, the figures of each; `base` and `finetuned` have their means. */
  readonly outputs?: Readonly<Record<string, { readonly base: Figures; readonly finetuned: Figures }>>;
}

const METRIC_DECIMALS = 6;

/**
 * The base and the finetuned model over the test rows, where answers are numbers or any number of labels: metrics.json, and
 * reports/predictions.jsonl with what the finetuned model says.
 *
 * @throws DiagnosticError `unknown-label`, `bad-row`, `not-finite`, those of `readAnswerRows` and of the models
 */
export async function evaluateAnswers(options: EvaluateAnswersOptions): Promise<AnswersRecord> {
  const { root, config, problem, labels, onProgress } = options;
  const rows = await readAnswerRows(join(root, projectLayout.test), projectLayout.test, problem);
  if (problem === 'multi_label_classification') checkLabels(rows, labels);
  else checkNumbers(rows, labels);
  const ask = async (name: 'base' | 'finetuned'): Promise<Float32Array> => {
    const { logits } = await askAll(() => options[name].open(), rows.inputs, {
      batchSize: config.batch_size,
      onProgress: (step, total) => onProgress?.({ step, total, message: `evaluating ${name}` }),
    });
    return logits;
  };
  const [base, finetuned] = [await ask('base'), await ask('finetuned')];
  const record: AnswersRecord = {
    test_rows: rows.ids.length,
    problem_type: problem,
    ...(problem === 'regression'
      ? numberFigures(rows, labels, base, finetuned)
      : {
          base: labelFigures(rows, labels, base),
          finetuned: labelFigures(rows, labels, finetuned),
        }),
  };
  const said = saidOf(finetuned, labels, problem);
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

function numberFigures(
  { answers }: AnswerRows,
  labels: readonly string[],
  base: Float32Array,
  finetuned: Float32Array,
): Pick<AnswersRecord, 'base' | 'finetuned' | 'outputs'> {
  const actual = answers.flat() as number[];
  const of = {
    base: regressionByOutput(actual, base, labels),
    finetuned: regressionByOutput(actual, finetuned, labels),
  };
  const means = { base: shortened({ ...of.base.mean }), finetuned: shortened({ ...of.finetuned.mean }) };
  if (labels.length === 1) return means;
  const outputs = labels.map(
    (label, at) =>
      [
        label,
        {
          base: shortened({ ...of.base.outputs[at] }),
          finetuned: shortened({ ...of.finetuned.outputs[at] }),
        },
      ] as const,
  );
  return { ...means, outputs: Object.fromEntries(outputs) };
}

function labelFigures({ answers }: AnswerRows, labels: readonly string[], logits: Float32Array): Figures {
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

function checkNumbers({ answers, lines }: AnswerRows, labels: readonly string[]): void {
  const row = answers.findIndex((answer) => [answer].flat().length !== labels.length);
  if (row === -1) return;
  throw new DiagnosticError('bad-row', {
    message: 'a row has more or fewer numbers than the model says',
    at: { file: projectLayout.test, line: lines[row] as number },
    expected: `label: ${labels.length === 1 ? 'a number' : `a list of ${labels.length} numbers`}`,
    found: JSON.stringify(answers[row]).slice(0, 200),
    fix: 'correct the row, or evaluate a model that was trained on such rows',
  });
}
