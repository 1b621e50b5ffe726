import { parse } from 'node:path';
import type { EvaluationConfig } from '../../configs/index.js';
import { DiagnosticError, type Locator } from '../../diagnostics/index.js';
import { createFromFile, messageOf } from './load-module.js';

/** A test row with what one model said of it. Fields that the row has beside these are there, too. */
export interface JudgedRow {
  readonly id: string;
  /** What it was asked: a text, or two; or a picture's path, as the row has it. */
  readonly text?: string;
  readonly text_pair?: string;
  readonly image?: string;
  readonly [field: string]: unknown;
}

/** Of a classifier that says one label. */
export interface LabelledAnswer extends JudgedRow {
  /** What is right. */
  readonly label: string;
  readonly prediction: string;
  /** The probability that the model gave to what it said. */
  readonly confidence: number;
}

/** Of a model that says a number. */
export interface NumberAnswer extends JudgedRow {
  readonly label: number;
  readonly prediction: number;
}

/** Of a model that says any number of labels. */
export interface LabelsAnswer extends JudgedRow {
  readonly labels: readonly string[];
  readonly prediction: readonly string[];
  /** Of each label how likely it is. */
  readonly scores: Readonly<Record<string, number>>;
}

/** Of a language model. */
export interface LanguageAnswer extends JudgedRow {
  /** To be said of the row, and how many of them the model held likeliest. */
  readonly tokens: number;
  readonly right: number;
  readonly bytes: number;
  /** Sum over the tokens, in nats. */
  readonly loss: number;
  /** Of a row that was gone on from: what is right, and what was said. */
  readonly label?: string;
  readonly prediction?: string;
}

/** One figure of all test rows; `null` where it cannot be told. */
export type Metric<Row extends JudgedRow = LabelledAnswer> = (
  rows: readonly Row[],
) => number | null | Promise<number | null>;

/** A file's function `createMetric`. */
export type CreateMetric<Row extends JudgedRow = LabelledAnswer, Options = Record<string, unknown>> = (
  options: Options,
) => Metric<Row> | Promise<Metric<Row>>;

/** Metrics by the names that metrics.json has for them: a file's name, `cohens-kappa.ts` as `cohens_kappa`. */
export type Metrics = ReadonlyMap<string, Metric<never>>;

const METRIC = {
  described: 'a function of the rows',
  is: (value: unknown): value is Metric<never> => typeof value === 'function',
};

/** @throws DiagnosticError `bad-metric` */
export async function loadMetrics(
  metrics: EvaluationConfig['metrics'],
  projectDir: string,
  places?: Locator,
): Promise<Metrics> {
  const loaded = new Map<string, Metric<never>>();
  for (const [index, metric] of metrics.entries()) {
    const { use: path, with: options } = typeof metric === 'string' ? { use: metric, with: {} } : metric;
    const at = places?.locate(['metrics', index]);
    const file = { path, projectDir, setting: 'evaluation.metrics', code: 'bad-metric', at };
    const made = await createFromFile(file, 'createMetric', [options], METRIC);
    const name = parse(path).name.replaceAll('-', '_');
    if (loaded.has(name))
      throw new DiagnosticError('bad-metric', {
        message: `evaluation.metrics: ${path}: there is a metric ${name} already`,
        ...(at === undefined ? {} : { at }),
        found: path,
        fix: 'rename the file: a metric is named by it',
      });
    loaded.set(name, made);
  }
  return loaded;
}

/**
 * What each says of one model's answers.
 *
 * @param known figures that there are already
 * @throws DiagnosticError `bad-metric` for a name that is taken, `metric-failed`
 */
export async function measure(
  metrics: Metrics,
  rows: () => readonly JudgedRow[],
  known: readonly string[],
): Promise<Readonly<Record<string, number | null>>> {
  if (metrics.size === 0) return {};
  const given = rows();
  const figures: Record<string, number | null> = {};
  for (const [name, metric] of metrics) {
    if (known.includes(name))
      throw new DiagnosticError('bad-metric', {
        message: `evaluation.metrics: every evaluation has a figure ${name} already`,
        found: name,
        fix: 'rename the file: a metric is named by it',
      });
    figures[name] = await figureOf(name, metric as Metric<JudgedRow>, given);
  }
  return figures;
}

async function figureOf(
  name: string,
  metric: Metric<JudgedRow>,
  rows: readonly JudgedRow[],
): Promise<number | null> {
  let figure: unknown;
  try {
    figure = await metric(rows);
  } catch (cause) {
    throw new DiagnosticError('metric-failed', {
      message: `the metric ${name} failed: ${messageOf(cause)}`,
      fix: 'correct it',
      cause,
    });
  }
  // What cannot be told is null in JSON.
  if (figure === null || (typeof figure === 'number' && Number.isNaN(figure))) return null;
  if (typeof figure === 'number' && Number.isFinite(figure)) return figure;
  throw new DiagnosticError('metric-failed', {
    message: `the metric ${name} gives no number`,
    expected: 'a finite number, or null where it cannot be told',
    found: typeof figure === 'number' ? String(figure) : typeof figure,
    fix: 'correct it',
  });
}
