import type { EvaluationConfig } from '../../../configs/index.js';
import type { AnswersComparison, JudgedAnswers } from '../answers-comparison.js';
import { comparedSection } from './compared-section.js';
import { count, figure, percent } from './html.js';
import { labelSections } from './label-sections.js';
import { numberSections } from './number-sections.js';
import { card, renderPage } from './page.js';

/** What models are worth that say numbers, or any number of labels, as a page. */
export function renderAnswersReport(comparison: AnswersComparison, config: EvaluationConfig): string {
  const { name, problem, labels, rows, base, production, finetuned, compared, notCompared } = comparison;
  const ofNumbers = problem === 'regression';
  const shown = ({ figures }: JudgedAnswers): { readonly figure: string; readonly unit: string } =>
    ofNumbers
      ? { figure: figure(figures['rmse'] ?? null), unit: 'root mean squared error' }
      : { figure: percent(figures['micro_f1'] ?? 0), unit: 'micro F1' };
  const cardOf = (title: string, hue: string, judged: JudgedAnswers): string =>
    card({ name: title, hue, ...shown(judged), description: judged.description });
  const what = ofNumbers
    ? labels.length === 1
      ? 'each with a number'
      : `each with ${labels.length} numbers`
    : `${labels.length} labels, of which each may have any number`;
  const [overall, ...rest] = ofNumbers
    ? numberSections(comparison, config.worst_errors)
    : labelSections(comparison, config.worst_errors);
  return renderPage({
    name,
    lead: `${count(rows.ids.length)} held-out test rows, ${what}.`,
    doubts: comparison.worth.doubts,
    cards: [
      cardOf('Finetuned', 'finetuned', finetuned),
      ...(production ? [cardOf('In production', 'production', production)] : []),
      cardOf('Base', 'base', base),
    ],
    sections: [overall, comparedSection(compared, config.intervals, notCompared), ...rest],
  });
}
