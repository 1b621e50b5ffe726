import { textInput } from '../../data/index.js';
import type { Thumbnail } from '../../images/thumbnail.js';
import { largestConfusions, worstErrors, type Comparison } from '../comparison.js';
import type { ClassMetrics, Metrics } from '../metrics.js';
import { count, escape, figure, percent } from './html.js';
import { inputText } from './input-text.js';
import { scroll, table } from './table.js';
import { thumbnailImage } from './thumbnails.js';

/** More labels than this make a matrix that nobody can read; the .csv has it in any case. */
const MOST_MATRIX_LABELS = 60;
const CONFUSIONS_SHOWN = 12;

export function overallTable({ majority, base, production, finetuned }: Comparison): string {
  const row = (name: string, metrics: Metrics): string =>
    `<tr><th scope="row">${name}</th>${[
      metrics.accuracy,
      metrics.macro_precision,
      metrics.macro_recall,
      metrics.macro_f1,
      metrics.weighted_f1,
      metrics.mcc,
    ]
      .map((value) => `<td class="n">${figure(value)}</td>`)
      .join('')}</tr>`;
  return table({
    caption:
      'Macro: the mean over the labels, each counting the same; weighted: each counting by its rows. MCC: Matthews’ correlation coefficient, 0 as by chance.',
    head: ['Model', 'Accuracy', 'Macro precision', 'Macro recall', 'Macro F1', 'Weighted F1', 'MCC'],
    body: [
      row('Finetuned', finetuned.metrics),
      ...(production ? [row('In production', production.metrics)] : []),
      row('Base', base.metrics),
      row('Majority', majority.metrics),
    ],
  });
}

export function classTable({ labels, base, finetuned }: Comparison): string {
  const rows = labels
    .map((label, number) => ({
      label,
      tuned: finetuned.metrics.classes[number] as ClassMetrics,
      before: base.metrics.classes[number] as ClassMetrics,
      ranked: finetuned.probabilities.classes[number] as { roc_auc: number; pr_auc: number },
    }))
    .sort((a, b) => b.tuned.f1 - a.tuned.f1 || (a.label < b.label ? -1 : 1));
  return table({
    caption: 'By label, the finetuned model’s best first.',
    head: ['Label', 'Test rows', 'F1', 'Precision', 'Recall', 'ROC AUC', 'PR AUC', 'F1 of base'],
    body: rows.map(
      ({ label, tuned, before, ranked }) =>
        `<tr><th scope="row">${escape(label)}</th><td class="n">${count(tuned.support)}</td>` +
        `<td class="n"><span class="meter" aria-hidden="true"><i style="width:${(tuned.f1 * 100).toFixed(1)}%"></i></span>${figure(tuned.f1)}</td>` +
        `<td class="n">${figure(tuned.precision)}</td><td class="n">${figure(tuned.recall)}</td>` +
        `<td class="n">${figure(ranked.roc_auc)}</td><td class="n">${figure(ranked.pr_auc)}</td><td class="n">${figure(before.f1)}</td></tr>`,
    ),
  });
}

export function matrixTable({ labels, finetuned }: Comparison): string {
  const size = labels.length;
  if (size > MOST_MATRIX_LABELS)
    return `<p class="note">${size} labels are too many to draw; <code>confusion_matrix.csv</code> has them all.</p>`;
  const short = shortNames(labels);
  const body = labels.map((label, actual) => {
    const support = finetuned.metrics.classes[actual]?.support ?? 0;
    const cells = labels.map((_, predicted) => {
      const rows = finetuned.confusion.counts[actual * size + predicted] as number;
      const share = support === 0 ? 0 : rows / support;
      // Small shares must still be seen, so the shade grows with the root.
      const shade = (Math.sqrt(share) * 0.75).toFixed(3);
      return `<td${actual === predicted ? ' class="hit"' : ''} style="--share:${shade}">${rows === 0 ? '' : rows}</td>`;
    });
    return `<tr><th scope="row" title="${escape(label)}">${escape(short[actual] as string)}</th>${cells.join('')}</tr>`;
  });
  const head = short.map(
    (name, label) =>
      `<th scope="col" title="${escape(labels[label] as string)}"><span>${escape(name)}</span></th>`,
  );
  return scroll(
    'Confusion matrix',
    `<table class="matrix"><caption>Rows: the right label. Columns: what the finetuned model said. Darker: a larger share of the row; on the diagonal it was right.</caption>` +
      `<thead><tr><td></td>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>`,
  );
}

export function confusionTable(comparison: Comparison): string {
  const found = largestConfusions(comparison, CONFUSIONS_SHOWN);
  if (found.length === 0) return '<p class="note">Nothing was mixed up.</p>';
  return table({
    caption: 'What is mixed up most.',
    head: ['Right label', 'Said', 'Rows'],
    numeric: [2],
    body: found.map(
      ({ actual, predicted, count: rows }) =>
        `<tr><th scope="row">${escape(actual)}</th><td>${escape(predicted)}</td><td class="n">${count(rows)}</td></tr>`,
    ),
  });
}

export function errorTable(
  comparison: Comparison,
  most: number,
  thumbnails: ReadonlyMap<number, Thumbnail>,
): string {
  const errors = worstErrors(comparison, most);
  if (errors.length === 0) return '<p class="note">There are none to show.</p>';
  return table({
    caption: 'Mistakes of the finetuned model, the surest first.',
    head: [
      errors.some(({ row }) => 'image' in row) ? 'Picture' : 'Text',
      'Right label',
      'Said',
      'Confidence',
    ],
    numeric: [3],
    body: errors.map(({ index, row, predicted, confidence }) => {
      const thumbnail = thumbnails.get(index);
      const name = 'image' in row ? row.image : inputText(textInput(row));
      const lemmas = 'lemmas' in row && row.lemmas?.map((lemma) => lemma.replaceAll('_', ' ')).join(', ');
      return (
        `<tr><td class="text">${thumbnail ? thumbnailImage(thumbnail, `Picture ${name}`) : ''}${escape(name)}${lemmas ? `<div class="lemmas">${escape(lemmas)}</div>` : ''}</td>` +
        `<td>${escape(row.label)}</td><td>${escape(predicted)}</td><td class="n">${percent(confidence)}</td></tr>`
      );
    }),
  });
}

/** `noun.animal`, `noun.plant` → `animal`, `plant`: what all have in common says nothing in a narrow heading. */
function shortNames(labels: readonly string[]): string[] {
  const dot = (labels[0] ?? '').lastIndexOf('.') + 1;
  const prefix = (labels[0] ?? '').slice(0, dot);
  return labels.map((label) => (label.startsWith(prefix) ? label.slice(dot) : label));
}
