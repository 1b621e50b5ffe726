import type { Comparison, JudgedModel } from '../comparison.js';
import { precisionRecallCurve, rocCurve } from '../curves.js';
import { figure } from './html.js';
import { lineChart, type Line } from './line-chart.js';
import type { Section } from './page.js';
import { table } from './table.js';

const WHOLE = { x: 1, y: 1 };

/** What the models' probabilities are worth: as rankings of the rows, and as confidences. */
export function probabilitySection({ base, production, finetuned }: Comparison): Section {
  const lines = (of: (judged: JudgedModel) => Line['points']): Line[] => [
    { name: 'Finetuned', hue: 'finetuned', points: of(finetuned) },
    { name: 'Base', hue: 'base', points: of(base) },
    ...(production ? [{ name: 'In production', hue: 'production', points: of(production) }] : []),
  ];
  const charts = [
    lineChart({
      title: `ROC curves of all labels together. ${compared('ROC AUC', 'roc_auc', base, finetuned)}`,
      x: 'false positive rate',
      y: 'true positive rate',
      diagonal: true,
      most: WHOLE,
      series: lines(({ probabilities }) =>
        rocCurve(probabilities.ranking).map((point) => ({
          x: point.false_positive_rate,
          y: point.true_positive_rate,
        })),
      ),
    }),
    lineChart({
      title: `Precision–recall curves of all labels together. ${compared('PR AUC', 'pr_auc', base, finetuned)}`,
      x: 'recall',
      y: 'precision',
      most: WHOLE,
      series: lines(({ probabilities }) =>
        precisionRecallCurve(probabilities.ranking).map(({ recall, precision }) => ({
          x: recall,
          y: precision,
        })),
      ),
    }),
    lineChart({
      title: `Share of right answers by confidence; calibrated is the diagonal. ${compared('Calibration error', 'ece', base, finetuned)}`,
      x: 'confidence',
      y: 'right answers',
      diagonal: true,
      dots: true,
      most: WHOLE,
      series: lines(({ probabilities }) =>
        probabilities.calibration.map(({ confidence, accuracy }) => ({ x: confidence, y: accuracy })),
      ),
    }),
  ];
  const captions = ['ROC', 'Precision and recall', 'Calibration'];
  const figures = charts.map(
    (chart, at) => `<figure>${chart}<figcaption>${captions[at]}</figcaption></figure>`,
  );
  return {
    id: 'probabilities',
    title: 'How sure, and how rightly',
    content: `${probabilityTable(base, production, finetuned)}\n<div class="pair">${figures.join('')}</div>`,
  };
}

function compared(
  what: string,
  name: 'roc_auc' | 'pr_auc' | 'ece',
  base: JudgedModel,
  finetuned: JudgedModel,
): string {
  return `${what}: finetuned ${figure(finetuned.probabilities[name])}, base ${figure(base.probabilities[name])}.`;
}

function probabilityTable(
  base: JudgedModel,
  production: JudgedModel | undefined,
  finetuned: JudgedModel,
): string {
  const ks = [...finetuned.probabilities.top_k.keys()];
  const row = (title: string, { probabilities }: JudgedModel): string => {
    const { roc_auc, pr_auc, log_loss, ece, top_k } = probabilities;
    const values = [roc_auc, pr_auc, log_loss, ece, ...top_k.values()];
    return `<tr><th scope="row">${title}</th>${values.map((value) => `<td class="n">${figure(value)}</td>`).join('')}</tr>`;
  };
  return table({
    caption:
      'Areas under the curves: means over the labels, each against the rest. Log loss in nats and expected calibration error (ECE): less is better.',
    head: ['Model', 'ROC AUC', 'PR AUC', 'Log loss', 'ECE', ...ks.map((k) => `Right among ${k}`)],
    body: [
      row('Finetuned', finetuned),
      ...(production ? [row('In production', production)] : []),
      row('Base', base),
    ],
  });
}
