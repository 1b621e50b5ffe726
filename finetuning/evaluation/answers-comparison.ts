import { METRIC_DECIMALS, round } from './round.js';
import type { AnswerRows, OtherProblem } from './answer-rows.js';
import type { ComparedPair } from './compared/compared.js';
import type { ClassMetrics } from './metrics.js';
import type { Worth } from './worth.js';
import { multiLabelMetrics } from './metrics-multi-label.js';
import { regressionByOutput } from './regression-by-output.js';

/** Figures by their names; `null` where one cannot be told. */
export type Figures = Readonly<Record<string, number | null>>;

/** One model that says numbers, or any number of labels. */
export interface JudgedAnswers {
  readonly description: string;
  /** [rows, labels] */
  readonly logits: Float32Array;
  readonly figures: Figures;
  /** By the project's own metrics. */
  readonly own: Figures;
  /** Of a regression, the figures of each output. */
  readonly outputs: readonly Figures[];
  /** Of several labels, the measures of each. */
  readonly classes: readonly ClassMetrics[];
}

export interface AnswersComparison {
  /** Of the project, for the report's title. */
  readonly name: string;
  readonly problem: OtherProblem;
  /** In the order of the logits. */
  readonly labels: readonly string[];
  readonly rows: AnswerRows;
  /** What is right: numbers; of labels 1 where a row has one. [rows, labels] */
  readonly actual: Float64Array;
  readonly base: JudgedAnswers;
  /** The model in production, where there is one of the same kind. */
  readonly production?: JudgedAnswers;
  readonly finetuned: JudgedAnswers;
  readonly compared: readonly ComparedPair[];
  readonly worth: Worth;
  /** Why the model in production is not among them, where there is one. */
  readonly notCompared?: string;
}

/** @returns numbers; of labels 1 where a row has one. [rows, labels] */
export function actualOf(
  { answers }: AnswerRows,
  labels: readonly string[],
  problem: OtherProblem,
): Float64Array {
  if (problem === 'regression') return Float64Array.from(answers.flat() as number[]);
  return Float64Array.from(
    (answers as readonly (readonly string[])[]).flatMap((names) =>
      labels.map((label) => Number(names.includes(label))),
    ),
  );
}

/** @param logits [rows, labels] */
export function judgeAnswers(
  { problem, labels, actual }: Pick<AnswersComparison, 'problem' | 'labels' | 'actual'>,
  logits: Float32Array,
  description: string,
): Omit<JudgedAnswers, 'own'> {
  if (problem === 'regression') {
    const { mean, outputs } = regressionByOutput(actual, logits, labels);
    const each = outputs.map((figures) => shortened({ ...figures }));
    return { description, logits, figures: shortened({ ...mean }), outputs: each, classes: [] };
  }
  const { classes, ...overall } = multiLabelMetrics(
    actual,
    logits.map((logit) => (logit > 0 ? 1 : 0)),
    labels.length,
  );
  return { description, logits, figures: shortened({ ...overall }), outputs: [], classes };
}

function shortened(figures: Figures): Figures {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, round(value ?? Number.NaN, METRIC_DECIMALS)]),
  );
}
