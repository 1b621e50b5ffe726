import { join } from 'node:path';
import { projectLayout, type EvaluationConfig } from '../../../configs/index.js';
import { writeFiles, type LineWriter } from '../../data/index.js';
import type { RowScore } from '../../models/scoring/open-scorer.js';
import { comparedRecord } from '../compared/compared.js';
import { round, rounded } from '../round.js';
import type { JudgedLanguage, LanguageComparison } from './language-comparison.js';
import { bitsPerByte, type LanguageFigures } from './language-figures.js';
import { renderLanguageReport } from './language-report.js';
import { languageSlices } from './language-slices.js';
import { bitsHistogram } from './bits-histogram.js';

/**
 * metrics.json; in reports/: report.html, predictions.jsonl with what the models go on with, scores.jsonl with a line for
 * each row, slices.json; plots/bits_per_byte.json. The same models and rows give the same bytes.
 */
export async function writeLanguageOutputs(
  root: string,
  comparison: LanguageComparison,
  config: EvaluationConfig,
): Promise<void> {
  const { reports, metrics, plots } = projectLayout;
  const slices = languageSlices(comparison, config.slices);
  const contents: Readonly<Record<string, (file: LineWriter) => void>> = {
    [metrics]: (file) => file.write(JSON.stringify(languageMetrics(comparison, config), null, 2)),
    [`${reports}/report.html`]: (file) => file.write(renderLanguageReport(comparison, slices, config)),
    [`${reports}/predictions.jsonl`]: (file) => writeAnswers(comparison, file),
    [`${reports}/scores.jsonl`]: (file) => writeScores(comparison, file),
    [`${reports}/slices.json`]: (file) => file.write(JSON.stringify(slices, null, 2)),
    [`${plots}/bits_per_byte.json`]: (file) => file.write(JSON.stringify(bitsHistogram(comparison), null, 1)),
  };
  await writeFiles(
    Object.keys(contents).map((path) => join(root, path)),
    (writers) => Object.values(contents).forEach((write, at) => write(writers[at] as LineWriter)),
  );
}

/** What metrics.json has, for `dvc metrics show`. */
export function languageMetrics(
  { rows, asked, base, production, finetuned, worth, compared, sets }: LanguageComparison,
  { intervals }: Pick<EvaluationConfig, 'intervals'>,
): object {
  const sum = (of: (score: RowScore) => number): number =>
    finetuned.scores.reduce((all, score) => all + of(score), 0);
  const overall = ({ figures, completions, own }: JudgedLanguage): object =>
    rounded({ ...figures, ...completions, ...own });
  const both = (before: LanguageFigures, after: LanguageFigures): object => ({
    base: rounded({ ...before }),
    finetuned: rounded({ ...after }),
    // Above 0: the finetuned model knows these texts less well than the base did.
    forgotten_bits_per_byte: round(after.bits_per_byte - before.bits_per_byte),
  });
  const others = Object.entries(sets).map(([set, count]) => [
    set,
    { rows: count, ...both(base.sets[set] as LanguageFigures, finetuned.sets[set] as LanguageFigures) },
  ]);
  return {
    test_rows: rows.length,
    tokens: sum(({ tokens }) => tokens),
    bytes: sum(({ bytes }) => bytes),
    // Rows that lost their end, for the model cannot read them whole.
    cut_rows: finetuned.scores.filter(({ cut }) => cut).length,
    completions: asked.length,
    base: overall(base),
    ...(production ? { production: overall(production) } : {}),
    finetuned: overall(finetuned),
    gain: gain(base, finetuned),
    better: worth.better,
    compared: comparedRecord(compared, intervals),
    ...(others.length > 0 ? { sets: Object.fromEntries(others) as object } : {}),
  };
}

/** Above 0: the finetuned model is better. */
function gain(base: JudgedLanguage, finetuned: JudgedLanguage): object {
  const { completions: before } = base;
  const { completions: after } = finetuned;
  return rounded({
    loss: base.figures.loss - finetuned.figures.loss,
    bits_per_byte: base.figures.bits_per_byte - finetuned.figures.bits_per_byte,
    ...(before && after
      ? { exact_match: after.exact_match - before.exact_match, rouge_l: after.rouge_l - before.rouge_l }
      : {}),
  });
}

/** As models are compared by: a right answer is the whole completion. */
function writeAnswers(
  { rows, asked, base, production, finetuned }: LanguageComparison,
  file: LineWriter,
): void {
  for (const [at, row] of asked.entries()) {
    const { id, question } = rows[row] as LanguageComparison['rows'][number];
    const { prompt, reference } = question as NonNullable<typeof question>;
    file.write(
      JSON.stringify({
        id,
        ...prompt,
        label: reference.trim(),
        base: base.answers[at]?.trim(),
        ...(production ? { production: production.answers[at]?.trim() } : {}),
        finetuned: finetuned.answers[at]?.trim(),
      }),
    );
  }
}

function writeScores({ rows, base, production, finetuned }: LanguageComparison, file: LineWriter): void {
  const bits = (of: JudgedLanguage, row: number): number | null =>
    round(bitsPerByte(of.scores[row] as RowScore), 4);
  for (const [row, { id }] of rows.entries()) {
    const { tokens, bytes, cut } = finetuned.scores[row] as RowScore;
    const figures = {
      base: bits(base, row),
      ...(production ? { production: bits(production, row) } : {}),
      finetuned: bits(finetuned, row),
    };
    file.write(JSON.stringify({ id, tokens, bytes, cut, bits_per_byte: figures }));
  }
}
