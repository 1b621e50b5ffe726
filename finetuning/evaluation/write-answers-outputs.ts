import { join } from 'node:path';
import { projectLayout, type EvaluationConfig } from '../../configs/index.js';
import { writeFiles, type LineWriter } from '../data/index.js';
import { rounded, rowRecord, saidOf } from './answer-rows.js';
import type { AnswersComparison, Figures, JudgedAnswers } from './answers-comparison.js';
import { comparedRecord } from './compared/compared.js';
import type { ClassMetrics } from './metrics.js';
import { renderAnswersReport } from './report/answers-report.js';
import { round, rounded as shortened } from './round.js';

/**
 * metrics.json; in reports/: report.html, predictions.jsonl with what the finetuned model says, and of several labels
 * labels.json with the measures of each. plots/answers.json is what `dvc plots` draws: of numbers a point for each row, of
 * labels the F1 of each. The same models and rows give the same bytes.
 */
export async function writeAnswersOutputs(
  root: string,
  comparison: AnswersComparison,
  config: EvaluationConfig,
): Promise<void> {
  const { reports, metrics, plots } = projectLayout;
  const json =
    (value: unknown, spaces = 2) =>
    (file: LineWriter): void =>
      file.write(JSON.stringify(value, null, spaces));
  const ofNumbers = comparison.problem === 'regression';
  const contents: Readonly<Record<string, (file: LineWriter) => void>> = {
    [metrics]: json(answersRecord(comparison, config)),
    [`${reports}/report.html`]: (file) => file.write(renderAnswersReport(comparison, config)),
    [`${reports}/predictions.jsonl`]: (file) => writePredictions(comparison, file),
    ...(ofNumbers ? {} : { [`${reports}/labels.json`]: json(labelRecords(comparison)) }),
    [`${plots}/answers.json`]: json(ofNumbers ? points(comparison) : bars(comparison), 1),
  };
  await writeFiles(
    Object.keys(contents).map((path) => join(root, path)),
    (writers) => Object.values(contents).forEach((write, at) => write(writers[at] as LineWriter)),
  );
}

/** What metrics.json has, for `dvc metrics show`. */
export function answersRecord(
  { rows, problem, labels, base, production, finetuned, compared, worth }: AnswersComparison,
  { intervals }: Pick<EvaluationConfig, 'intervals'>,
): object {
  const outputs = labels.map((label, at): [string, Readonly<Record<string, Figures>>] => [
    label,
    { base: base.outputs[at] ?? {}, finetuned: finetuned.outputs[at] ?? {} },
  ]);
  return {
    test_rows: rows.ids.length,
    problem_type: problem,
    base: figuresOf(base),
    ...(production ? { production: figuresOf(production) } : {}),
    finetuned: figuresOf(finetuned),
    better: worth.better,
    compared: comparedRecord(compared, intervals),
    ...(finetuned.outputs.length > 1 ? { outputs: Object.fromEntries(outputs) } : {}),
  };
}

/** Those that every evaluation has, and the project's own. */
function figuresOf({ figures, own }: JudgedAnswers): Figures {
  const shown = Object.entries(own).map(([name, value]) => [name, round(value ?? Number.NaN)]);
  return { ...figures, ...(Object.fromEntries(shown) as Figures) };
}

function writePredictions({ rows, labels, problem, finetuned }: AnswersComparison, file: LineWriter): void {
  saidOf(finetuned.logits, labels, problem).forEach((answer, row) =>
    file.write(JSON.stringify({ ...rowRecord(rows, row, problem), ...answer })),
  );
}

function labelRecords({ labels, base, finetuned }: AnswersComparison): object {
  const of = ({ classes }: JudgedAnswers, label: number): object => {
    const { precision, recall, f1 } = classes[label] as ClassMetrics;
    return shortened({ precision, recall, f1 });
  };
  const records = labels.map((label, at) => [
    label,
    { rows: finetuned.classes[at]?.support, base: of(base, at), finetuned: of(finetuned, at) },
  ]);
  return Object.fromEntries(records) as object;
}

/** A point for each number of each row. */
function points({ labels, actual, base, finetuned }: AnswersComparison): object[] {
  return Array.from(actual, (value, at) => ({
    ...(labels.length > 1 ? { output: labels[at % labels.length] } : {}),
    actual: value,
    base: rounded(base.logits[at] as number),
    finetuned: rounded(finetuned.logits[at] as number),
  }));
}

function bars({ labels, base, finetuned }: AnswersComparison): object[] {
  const f1 = ({ classes }: JudgedAnswers, at: number): number => rounded(classes[at]?.f1 ?? 0);
  return labels.map((label, at) => ({ label, base: f1(base, at), finetuned: f1(finetuned, at) }));
}
