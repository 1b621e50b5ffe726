import { projectLayout } from '../../configs/index.js';
import type { OpenedClassifier } from '../../finetuning/index.js';
import {
  methodText,
  productionContender,
  type Evaluation,
  type OnUpdate,
  type Told,
} from './open-evaluation.js';
import { pairLine } from './pair-line.js';
import { textTable } from './text-table.js';

/** Figures of models that say a number, or any number of labels. */
export async function evaluateOtherHeads(evaluation: Evaluation, onProgress: OnUpdate): Promise<Told> {
  const { answersRecord, evaluateAnswers, openClassifier } = await import('../../finetuning/index.js');
  const { root, name, config, finetuning, baseModelDir, adapterDir, problem, labels, files } = evaluation;
  if (problem === 'single_label_classification')
    throw new Error('a classifier of one label is evaluated elsewhere');
  const { model_name: model, seed } = finetuning;
  const open = (more: { adapterDir?: string }): Promise<OpenedClassifier> =>
    openClassifier({ baseModelDir, labels, seed, ...more });
  const comparison = await evaluateAnswers({
    ...{ root, name, config, places: evaluation.places, problem, labels, onProgress },
    ...(files.test === undefined ? {} : { testFile: files.test }),
    base: {
      description: `${model} as pretrained, with a new head that was never trained (seed ${seed}): chance is what to expect`,
      open: () => open({}),
    },
    finetuned: {
      description: `The same model after ${methodText(finetuning)}: ${projectLayout.bestModel}`,
      open: () => open({ adapterDir }),
    },
    ...productionContender(evaluation, ({ description, ...of }) => ({
      description,
      open: () => openClassifier({ ...of, seed }),
    })),
  });
  const { base, production, finetuned, compared, rows } = comparison;
  const models = [base, ...(production ? [production] : []), finetuned];
  const names = ['base', ...(production ? ['production'] : []), 'finetuned'];
  const first = problem === 'regression' ? 'rmse' : 'micro_f1';
  return {
    result: answersRecord(comparison, config),
    report: `${projectLayout.reports}/report.html`,
    doubts: comparison.worth.doubts,
    summary:
      textTable([
        ['', ...names],
        ...Object.keys(base.figures).map((figure) => [
          figure,
          ...models.map(({ figures }) => figures[figure]?.toFixed(4) ?? ''),
        ]),
      ]) + compared.map((pair) => `${pairLine(pair, first)}\n`).join(''),
    tracked: { rows: rows.ids.length, base: base.figures, finetuned: finetuned.figures },
  };
}
