import { projectLayout } from '../../configs/index.js';
import type { Comparison, EvaluateResult } from '../../finetuning/index.js';
import { formatFigure } from '../progress/index.js';
import {
  methodText,
  productionContender,
  type Evaluation,
  type OnUpdate,
  type Told,
} from './open-evaluation.js';
import { pairLine } from './pair-line.js';
import { textTable } from './text-table.js';

/** Right and wrong answers of models that say which label a text or a picture has. */
export async function evaluateClassifiers(evaluation: Evaluation, onProgress: OnUpdate): Promise<Told> {
  const { evaluate, metricsRecord, openAnyClassifier } = await import('../../finetuning/index.js');
  const { root, name, config, finetuning, baseModelDir, adapterDir } = evaluation;
  const { model_name: model, seed } = finetuning;
  const { comparison, speed } = await evaluate({
    root,
    name,
    config,
    places: evaluation.places,
    files: evaluation.files,
    base: (labels) => ({
      description: `${model} as pretrained, with a new head that was never trained (seed ${seed}): chance is what to expect`,
      open: () => openAnyClassifier({ baseModelDir, labels, seed, imageSize: finetuning.image_size }),
    }),
    finetuned: (labels) => ({
      description: `The same model after ${methodText(finetuning)}: ${projectLayout.bestModel}`,
      open: () => openAnyClassifier({ baseModelDir, adapterDir, labels, seed }),
    }),
    ...productionContender(evaluation, ({ description, ...model }) => ({
      description,
      open: () => openAnyClassifier({ ...model, seed }),
    })),
    onProgress,
  });
  const each = <T>(of: (one: Speed) => T) => ({
    base: of(speed.base),
    ...(speed.production ? { production: of(speed.production) } : {}),
    finetuned: of(speed.finetuned),
  });
  return {
    result: {
      ...metricsRecord(comparison, config),
      items_per_second: each(({ itemsPerSecond }) => itemsPerSecond),
      latency_ms: each(({ latency }) => latency),
    },
    report: `${projectLayout.reports}/report.html`,
    doubts: comparison.worth.doubts,
    summary: summary(comparison, speed),
    tracked: {
      rows: comparison.rows.length,
      base: overall(comparison.base),
      finetuned: overall(comparison.finetuned),
      others: { majority_accuracy: comparison.majority.metrics.accuracy },
    },
  };
}

/** Without those of each class, which are in the artifacts. */
function overall({ metrics, own }: Comparison['base']): Record<string, number> {
  const numbers = Object.entries({ ...metrics, ...own }).filter((entry): entry is [string, number] =>
    Number.isFinite(entry[1]),
  );
  return Object.fromEntries(numbers);
}

type Speed = EvaluateResult['speed']['base'];

function summary(
  { majority, base, production, finetuned, compared }: Comparison,
  speed: EvaluateResult['speed'],
): string {
  const row = (name: string, { metrics }: Comparison['majority'], speed?: Speed): string[] => [
    name,
    ...[metrics.accuracy, metrics.macro_precision, metrics.macro_recall, metrics.macro_f1].map((value) =>
      value.toFixed(4),
    ),
    ...(speed ? [formatFigure(speed.itemsPerSecond)] : ['']),
    ...(speed?.latency.p99 ? [formatFigure(speed.latency.p50 ?? 0), formatFigure(speed.latency.p99)] : []),
  ];
  const table = textTable([
    ['', 'accuracy', 'macro P', 'macro R', 'macro F1', 'items/s', 'ms/row', 'p99'],
    row('majority', majority),
    row('base', base, speed.base),
    ...(production ? [row('production', production, speed.production)] : []),
    row('finetuned', finetuned, speed.finetuned),
  ]);
  return table + compared.map((pair) => `${pairLine(pair, 'accuracy')}\n`).join('');
}
