import type { TextInput } from '../../data/index.js';
import type { AnswersComparison, JudgedAnswers } from '../answers-comparison.js';
import { escape, figure } from './html.js';
import { inputText } from './input-text.js';
import { modelRows } from './model-rows.js';
import { ownMetricsTable } from './own-metrics.js';
import type { Section } from './page.js';
import { scatterChart, type Points } from './scatter-chart.js';
import { table } from './table.js';

const FIGURES = ['rmse', 'mse', 'mae', 'r2', 'pearson', 'spearman'] as const;
const HEAD = ['RMSE', 'MSE', 'MAE', 'R²', 'Pearson', 'Spearman'];

/** Of a regression: the figures, what is said beside what is right, and the largest errors. */
export function numberSections(comparison: AnswersComparison, worst: number): [Section, ...Section[]] {
  const { labels } = comparison;
  const overall = table({
    caption:
      'Errors: less is better. R²: the share of the variance that is told, 0 for always saying the mean. Correlations of the numbers (Pearson) and of their ranks (Spearman).' +
      (labels.length > 1 ? ' Means over the outputs.' : ''),
    head: ['Model', ...HEAD],
    body: modelRows(comparison, ({ figures }) => FIGURES.map((name) => figures[name] ?? null)),
  });
  return [
    { id: 'overall', title: 'Overall', content: overall + ownMetricsTable(comparison) },
    ...(labels.length > 1 ? [outputSection(comparison)] : []),
    ...labels.map((label, output) => scatterSection(comparison, label, output)),
    { id: 'errors', title: 'Largest errors', content: errorTable(comparison, worst) },
  ];
}

function outputSection({ labels, base, finetuned }: AnswersComparison): Section {
  const of = ({ outputs }: JudgedAnswers, at: number): string =>
    (['rmse', 'r2', 'pearson'] as const)
      .map((name) => `<td class="n">${figure(outputs[at]?.[name] ?? null)}</td>`)
      .join('');
  return {
    id: 'outputs',
    title: 'Number by number',
    content: table({
      caption: 'Each output by itself.',
      head: ['Output', 'RMSE', 'R²', 'Pearson', 'RMSE of base', 'R² of base', 'Pearson of base'],
      body: labels.map(
        (label, at) => `<tr><th scope="row">${escape(label)}</th>${of(finetuned, at)}${of(base, at)}</tr>`,
      ),
    }),
  };
}

function scatterSection(comparison: AnswersComparison, label: string, output: number): Section {
  const { labels, actual, base, finetuned } = comparison;
  const width = labels.length;
  const rows = actual.length / width;
  const series = (point: (right: number, said: number) => { x: number; y: number }): Points[] => {
    const of = ({ logits }: JudgedAnswers): Points['points'] =>
      Array.from({ length: rows }, (_, row) =>
        point(actual[row * width + output] as number, logits[row * width + output] as number),
      );
    return [
      { name: 'Finetuned', hue: 'finetuned', points: of(finetuned) },
      { name: 'Base', hue: 'base', points: of(base) },
    ];
  };
  const told = `R²: finetuned ${figure(finetuned.outputs[output]?.['r2'] ?? null)}, base ${figure(base.outputs[output]?.['r2'] ?? null)}.`;
  const charts = [
    [
      'What is said beside what is right; on the line both are the same.',
      scatterChart({
        title: `What the models say, by what is right. ${told}`,
        ...{ x: 'right', y: 'said', line: 'same' },
        series: series((right, said) => ({ x: right, y: said })),
      }),
    ],
    [
      'Residuals: what is said less what is right. A slope or a funnel is an error that could be learned.',
      scatterChart({
        title: `What the models say less what is right, by what they say. ${told}`,
        ...{ x: 'said', y: 'said less right', line: 'zero' },
        series: series((right, said) => ({ x: said, y: said - right })),
      }),
    ],
  ];
  const figures = charts.map(
    ([caption, chart]) => `<figure>${chart}<figcaption>${caption}</figcaption></figure>`,
  );
  return {
    id: `said-${output}`,
    title: width === 1 ? 'Said and right' : `Said and right: ${label}`,
    content: `<div class="pair">${figures.join('')}</div>`,
  };
}

function errorTable({ rows, labels, actual, base, finetuned }: AnswersComparison, most: number): string {
  const width = labels.length;
  const gap = (row: number): number => {
    let sum = 0;
    for (let at = row * width; at < (row + 1) * width; at++)
      sum += Math.abs((finetuned.logits[at] as number) - (actual[at] as number));
    return sum / width;
  };
  const gaps = rows.ids.map((_, row) => gap(row));
  const order = [...gaps.keys()]
    .sort((a, b) => (gaps[b] as number) - (gaps[a] as number) || a - b)
    .slice(0, most);
  if (order.length === 0) return '<p class="note">There are none to show.</p>';
  const numbers = (of: Float32Array | Float64Array, row: number): string =>
    Array.from(of.subarray(row * width, (row + 1) * width), (value) => figure(value)).join(', ');
  return table({
    caption: 'What the finetuned model is furthest from.',
    head: ['Text', 'Right', 'Finetuned', 'Base'],
    body: order.map((row) => {
      const cells = [numbers(actual, row), numbers(finetuned.logits, row), numbers(base.logits, row)];
      return `<tr><td class="text">${escape(inputText(rows.inputs[row] as TextInput))}</td>${cells.map((cell) => `<td class="n">${cell}</td>`).join('')}</tr>`;
    }),
  });
}
