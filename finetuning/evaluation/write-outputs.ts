import { join } from 'node:path';
import { projectLayout, type EvaluationConfig } from '../../configs/index.js';
import { given, writeFiles, type LineWriter } from '../data/index.js';
import type { Comparison } from './comparison.js';
import type { Metrics } from './metrics.js';
import { renderReport } from './report/render-report.js';

/** Six decimals: below that, a figure on thousands of rows says nothing. */
const METRIC_DECIMALS = 6;
/** A probability's last bits depend on the processor; four decimals do not. */
const CONFIDENCE_DECIMALS = 4;

/**
 * metrics.json, and in reports/: report.html, predictions.jsonl, and confusion_matrix.csv with a line per test row, as
 * `dvc plots`' confusion template counts them. No times and no paths: the same models and rows give the same bytes.
 */
export async function writeOutputs(
  root: string,
  comparison: Comparison,
  config: EvaluationConfig,
): Promise<void> {
  const { reports, metrics } = projectLayout;
  const paths = [
    metrics,
    `${reports}/report.html`,
    `${reports}/predictions.jsonl`,
    `${reports}/confusion_matrix.csv`,
  ];
  await writeFiles(
    paths.map((path) => join(root, path)),
    (writers) => {
      const [metricsFile, report, predictions, matrix] = writers as [
        LineWriter,
        LineWriter,
        LineWriter,
        LineWriter,
      ];
      metricsFile.write(JSON.stringify(metricsRecord(comparison), null, 2));
      report.write(renderReport(comparison, config));
      writePredictions(comparison, predictions);
      writeMatrix(comparison, matrix);
    },
  );
}

/** What metrics.json has, for `dvc metrics show`. */
export function metricsRecord(comparison: Comparison): object {
  const { majority, base, finetuned } = comparison;
  return {
    test_rows: comparison.rows.length,
    labels: comparison.labels.length,
    majority: overall(majority.metrics),
    base: overall(base.metrics),
    finetuned: overall(finetuned.metrics),
    gain: {
      accuracy: round(finetuned.metrics.accuracy - base.metrics.accuracy, METRIC_DECIMALS),
      macro_f1: round(finetuned.metrics.macro_f1 - base.metrics.macro_f1, METRIC_DECIMALS),
    },
  };
}

function overall({ accuracy, macro_precision, macro_recall, macro_f1 }: Metrics): object {
  return {
    accuracy: round(accuracy, METRIC_DECIMALS),
    macro_precision: round(macro_precision, METRIC_DECIMALS),
    macro_recall: round(macro_recall, METRIC_DECIMALS),
    macro_f1: round(macro_f1, METRIC_DECIMALS),
  };
}

function writePredictions(comparison: Comparison, file: LineWriter): void {
  const { rows, labels, base, finetuned } = comparison;
  for (const [index, row] of rows.entries())
    file.write(
      JSON.stringify({
        id: row.id,
        ...given(row),
        label: row.label,
        base: labels[base.predicted[index] as number],
        finetuned: labels[finetuned.predicted[index] as number],
        confidence: round(finetuned.confidence[index] as number, CONFIDENCE_DECIMALS),
      }),
    );
}

function writeMatrix(comparison: Comparison, file: LineWriter): void {
  const { actual, labels, finetuned } = comparison;
  const cells = labels.map((label) => (/[",\n\r]/.test(label) ? `"${label.replaceAll('"', '""')}"` : label));
  file.write('actual,predicted');
  for (const [row, label] of actual.entries())
    file.write(`${cells[label]},${cells[finetuned.predicted[row] as number]}`);
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
