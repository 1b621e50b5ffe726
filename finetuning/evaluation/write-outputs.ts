import { join } from 'node:path';
import { projectLayout, type EvaluationConfig } from '../../configs/index.js';
import { given, writeFiles, type LineWriter, type TextInput } from '../data/index.js';
import { comparedRecord } from './compared/compared.js';
import type { Comparison, Judged, JudgedModel } from './comparison.js';
import { precisionRecallCurve, rocCurve } from './curves.js';
import type { ClassMetrics, Metrics } from './metrics.js';
import { renderReport } from './report/render-report.js';
import { thumbnailsOf } from './report/thumbnails.js';
import { CONFIDENCE_DECIMALS, round, rounded } from './round.js';
import { classificationSlices } from './classification-slices.js';

/**
 * metrics.json; in reports/: report.html, predictions.jsonl, labels.json with the figures of each label, slices.json; in
 * plots/ what `dvc plots` draws: confusion_matrix.csv with a line per test row, and of each model a curve under roc/,
 * precision_recall/ and calibration/. No times and no paths: the same models and rows give the same bytes.
 */
export async function writeOutputs(
  root: string,
  comparison: Comparison,
  config: EvaluationConfig,
  inputs: readonly TextInput[],
): Promise<void> {
  const { reports, metrics, plots } = projectLayout;
  const slices = classificationSlices(comparison, config.slices);
  const thumbnails = await thumbnailsOf(comparison, inputs, config.worst_errors);
  const json =
    (value: unknown, spaces = 2) =>
    (file: LineWriter): void =>
      file.write(JSON.stringify(value, null, spaces));
  const contents: Record<string, (file: LineWriter) => void> = {
    [metrics]: json(metricsRecord(comparison, config)),
    [`${reports}/report.html`]: (file) => file.write(renderReport(comparison, slices, config, thumbnails)),
    [`${reports}/predictions.jsonl`]: (file) => writePredictions(comparison, file),
    [`${reports}/labels.json`]: json(labelRecords(comparison)),
    [`${reports}/slices.json`]: json(slices),
    [`${plots}/confusion_matrix.csv`]: (file) => writeMatrix(comparison, file),
  };
  for (const name of ['base', 'finetuned'] as const) {
    const { ranking, calibration } = comparison[name].probabilities;
    contents[`${plots}/roc/${name}.json`] = json(rocCurve(ranking), 1);
    contents[`${plots}/precision_recall/${name}.json`] = json(precisionRecallCurve(ranking), 1);
    const bins = calibration.map(({ rows, ...shares }) => ({ ...rounded(shares), rows }));
    contents[`${plots}/calibration/${name}.json`] = json(bins, 1);
  }
  await writeFiles(
    Object.keys(contents).map((path) => join(root, path)),
    (writers) => Object.values(contents).forEach((write, at) => write(writers[at] as LineWriter)),
  );
}

/** What metrics.json has, for `dvc metrics show`. */
export function metricsRecord(
  comparison: Comparison,
  { intervals }: Pick<EvaluationConfig, 'intervals'>,
): object {
  const { majority, base, production, finetuned } = comparison;
  const sets = Object.keys(finetuned.sets).map((set) => [set, setRecord(comparison, set)] as const);
  return {
    test_rows: comparison.rows.length,
    labels: comparison.labels.length,
    majority: overall(majority.metrics),
    base: { ...figuresOf(base), ...rounded(base.own) },
    ...(production ? { production: { ...figuresOf(production), ...rounded(production.own) } } : {}),
    finetuned: { ...figuresOf(finetuned), ...rounded(finetuned.own) },
    gain: {
      accuracy: round(finetuned.metrics.accuracy - base.metrics.accuracy),
      macro_f1: round(finetuned.metrics.macro_f1 - base.metrics.macro_f1),
    },
    better: comparison.worth.better,
    compared: comparedRecord(comparison.compared, intervals),
    ...(sets.length > 0 ? { sets: Object.fromEntries(sets) as object } : {}),
  };
}

/** All of one model but those of the project's own metrics. */
export function figuresOf(model: Pick<JudgedModel, 'metrics' | 'probabilities'>): object {
  return { ...overall(model.metrics), ...ranked(model) };
}

function overall({ classes: _, ...figures }: Metrics): object {
  return rounded(figures);
}

function ranked({ probabilities }: Pick<JudgedModel, 'probabilities'>): object {
  const { roc_auc, pr_auc, log_loss, ece, top_k } = probabilities;
  const topK = [...top_k].map(([k, share]) => [`top_${k}_accuracy`, share] as const);
  return rounded({ roc_auc, pr_auc, log_loss, ece, ...Object.fromEntries(topK) });
}

function setRecord({ base, finetuned }: Comparison, set: string): object {
  const [before, after] = [base.sets[set] as Judged, finetuned.sets[set] as Judged];
  const of = ({ metrics: { accuracy, macro_f1 } }: Judged): object => rounded({ accuracy, macro_f1 });
  return {
    rows: after.predicted.length,
    base: of(before),
    finetuned: of(after),
    // Above 0: the finetuned model is right less often than the base was.
    forgotten_accuracy: round(before.metrics.accuracy - after.metrics.accuracy),
  };
}

function labelRecords({ labels, base, finetuned }: Comparison): object {
  const of = ({ metrics, probabilities }: JudgedModel, label: number): object => {
    const { precision, recall, f1 } = metrics.classes[label] as ClassMetrics;
    return rounded({ precision, recall, f1, ...probabilities.classes[label] });
  };
  const records = labels.map((label, number) => [
    label,
    {
      rows: finetuned.metrics.classes[number]?.support,
      base: of(base, number),
      finetuned: of(finetuned, number),
    },
  ]);
  return Object.fromEntries(records) as object;
}

function writePredictions(comparison: Comparison, file: LineWriter): void {
  const { rows, labels, base, production, finetuned } = comparison;
  for (const [index, row] of rows.entries())
    file.write(
      JSON.stringify({
        id: row.id,
        ...given(row),
        label: row.label,
        base: labels[base.predicted[index] as number],
        ...(production ? { production: labels[production.predicted[index] as number] } : {}),
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
