import type { EvaluationConfig } from '../../../configs/index.js';
import type { Thumbnail } from '../../images/thumbnail.js';
import type { ClassificationSlice } from '../classification-slices.js';
import type { Comparison, Judged } from '../comparison.js';
import { barChart, type Series } from './bar-chart.js';
import { comparedSection } from './compared-section.js';
import { count, percent } from './html.js';
import { ownMetricsTable } from './own-metrics.js';
import { card, renderPage } from './page.js';
import { probabilitySection } from './probability-section.js';
import { setSection, sliceSection } from './slice-sections.js';
import { classTable, confusionTable, errorTable, matrixTable, overallTable } from './tables.js';

/**
 * What classifiers are worth, as a page.
 *
 * @param thumbnails pictures of the worst errors, by row number
 */
export function renderReport(
  comparison: Comparison,
  slices: readonly ClassificationSlice[],
  config: EvaluationConfig,
  thumbnails: ReadonlyMap<number, Thumbnail>,
): string {
  const { name, labels, rows, majority, base, production, finetuned, compared, notCompared } = comparison;
  const right = Math.round(finetuned.metrics.accuracy * rows.length);
  const cardOf = (title: string, hue: string, { metrics, description }: Judged): string =>
    card({ name: title, hue, figure: percent(metrics.accuracy), unit: 'accuracy', description });
  return renderPage({
    name,
    lead: `${count(rows.length)} held-out test rows, ${labels.length} labels. The finetuned model is right on ${count(right)} of them.`,
    doubts: comparison.worth.doubts,
    cards: [
      cardOf('Finetuned', 'finetuned', finetuned),
      ...(production ? [cardOf('In production', 'production', production)] : []),
      cardOf('Base', 'base', base),
      cardOf('Majority', 'majority', majority),
    ],
    sections: [
      {
        id: 'overall',
        title: 'Overall',
        content: `<figure>${overallChart(comparison)}</figure>\n${overallTable(comparison)}${ownMetricsTable(comparison)}`,
      },
      comparedSection(compared, config.intervals, notCompared),
      probabilitySection(comparison),
      { id: 'labels', title: 'Label by label', content: classTable(comparison) },
      {
        id: 'confusion',
        title: 'What is taken for what',
        content: `${matrixTable(comparison)}\n${confusionTable(comparison)}`,
      },
      ...sliceSection(slices),
      ...setSection(comparison),
      {
        id: 'errors',
        title: 'Worst errors',
        content:
          '<p class="note">A sure mistake is often a label that could be argued about, or a text that says too little.</p>\n' +
          errorTable(comparison, config.worst_errors, thumbnails),
      },
    ],
  });
}

function overallChart({ majority, base, production, finetuned }: Comparison): string {
  const series = (title: string, hue: string, { metrics }: Judged): Series => ({
    name: title,
    hue,
    values: [metrics.accuracy, metrics.macro_precision, metrics.macro_recall, metrics.macro_f1],
  });
  return barChart(
    'Accuracy, macro precision, macro recall and macro F1 of the models and the majority line; the table below has the figures.',
    ['Accuracy', 'Macro precision', 'Macro recall', 'Macro F1'],
    [
      series('Finetuned', 'finetuned', finetuned),
      ...(production ? [series('In production', 'production', production)] : []),
      series('Base', 'base', base),
      series('Majority', 'majority', majority),
    ],
  );
}
