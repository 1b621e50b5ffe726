import type { TextInput } from '../../data/index.js';
import type { AnswersComparison, JudgedAnswers } from '../answers-comparison.js';
import type { ClassMetrics } from '../metrics.js';
import { barChart, type Series } from './bar-chart.js';
import { count, escape, figure } from './html.js';
import { inputText } from './input-text.js';
import { modelRows } from './model-rows.js';
import { ownMetricsTable } from './own-metrics.js';
import type { Section } from './page.js';
import { table } from './table.js';

const FIGURES = ['micro_f1', 'macro_f1', 'weighted_f1', 'samples_f1', 'subset_accuracy'] as const;
const HEAD = ['Micro F1', 'Macro F1', 'Weighted F1', 'F1 by row', 'Wholly right'];

/** Of rows with any number of labels: the figures, each label, and the rows that are most wrong. */
export function labelSections(comparison: AnswersComparison, worst: number): [Section, ...Section[]] {
  const { base, production, finetuned } = comparison;
  const series = (name: string, hue: string, { figures }: JudgedAnswers): Series => ({
    ...{ name, hue },
    values: FIGURES.map((figureName) => figures[figureName] ?? 0),
  });
  const chart = barChart(
    'F1 in four ways, and the share of rows that are wholly right, of each model; the table below has the figures.',
    HEAD,
    [
      series('Finetuned', 'finetuned', finetuned),
      ...(production ? [series('In production', 'production', production)] : []),
      series('Base', 'base', base),
    ],
  );
  const figures = table({
    caption:
      'Micro: all rows and labels together. Macro: the mean over the labels; weighted: each counting by its rows. By row: the mean over the rows. Wholly right: all labels of a row and no other. Labels wrong: less is better.',
    head: ['Model', ...HEAD, 'Labels wrong'],
    body: modelRows(comparison, ({ figures: of }) =>
      [...FIGURES, 'hamming_loss'].map((name) => of[name] ?? null),
    ),
  });
  const measures = table({
    caption: 'Precision and recall, in the same ways.',
    head: ['Model', ...['Micro', 'Macro', 'By row'].flatMap((way) => [`${way} precision`, `${way} recall`])],
    body: modelRows(comparison, ({ figures: of }) =>
      ['micro', 'macro', 'samples'].flatMap((way) => [
        of[`${way}_precision`] ?? null,
        of[`${way}_recall`] ?? null,
      ]),
    ),
  });
  return [
    {
      id: 'overall',
      title: 'Overall',
      content: `<figure>${chart}</figure>\n${figures}\n${measures}${ownMetricsTable(comparison)}`,
    },
    { id: 'labels', title: 'Label by label', content: labelTable(comparison) },
    { id: 'errors', title: 'Rows that are most wrong', content: errorTable(comparison, worst) },
  ];
}

function labelTable({ labels, base, finetuned }: AnswersComparison): string {
  const rows = labels
    .map((label, at) => ({
      label,
      tuned: finetuned.classes[at] as ClassMetrics,
      before: base.classes[at] as ClassMetrics,
    }))
    .sort((a, b) => b.tuned.f1 - a.tuned.f1 || (a.label < b.label ? -1 : 1));
  return table({
    caption: 'By label, the finetuned model’s best first.',
    head: ['Label', 'Test rows', 'F1', 'Precision', 'Recall', 'F1 of base'],
    body: rows.map(
      ({ label, tuned, before }) =>
        `<tr><th scope="row">${escape(label)}</th><td class="n">${count(tuned.support)}</td>` +
        `<td class="n"><span class="meter" aria-hidden="true"><i style="width:${(tuned.f1 * 100).toFixed(1)}%"></i></span>${figure(tuned.f1)}</td>` +
        `<td class="n">${figure(tuned.precision)}</td><td class="n">${figure(tuned.recall)}</td><td class="n">${figure(before.f1)}</td></tr>`,
    ),
  });
}

function errorTable({ rows, labels, actual, finetuned }: AnswersComparison, most: number): string {
  const width = labels.length;
  const names = (row: number, has: (at: number) => boolean): string[] =>
    labels.filter((_, label) => has(row * width + label));
  const isRight = (at: number): boolean => actual[at] === 1;
  const isSaid = (at: number): boolean => (finetuned.logits[at] as number) > 0;
  const wrong = rows.ids.map((_, row) => names(row, (at) => isRight(at) !== isSaid(at)).length);
  const order = [...wrong.keys()]
    .filter((row) => wrong[row] !== 0)
    .sort((a, b) => (wrong[b] as number) - (wrong[a] as number) || a - b)
    .slice(0, most);
  if (order.length === 0) return '<p class="note">There are none to show.</p>';
  const list = (of: readonly string[]): string => escape(of.length > 0 ? of.join(', ') : '(none)');
  return table({
    caption: 'Rows with the most labels that the finetuned model has wrong.',
    head: ['Text', 'Right', 'Said', 'Labels wrong'],
    numeric: [3],
    body: order.map(
      (row) =>
        `<tr><td class="text">${escape(inputText(rows.inputs[row] as TextInput))}</td>` +
        `<td>${list(names(row, isRight))}</td><td>${list(names(row, isSaid))}</td><td class="n">${wrong[row]}</td></tr>`,
    ),
  });
}
