import { projectLayout } from '../../configs/index.js';
import type { OpenedClassifier } from '../../finetuning/index.js';
import { methodText, type Evaluation, type OnUpdate, type Told } from './open-evaluation.js';
import { textTable } from './text-table.js';

/** Figures of models that say a number, or any number of labels. */
export async function evaluateOtherHeads(evaluation: Evaluation, onProgress: OnUpdate): Promise<Told> {
  const { evaluateAnswers, openClassifier } = await import('../../finetuning/index.js');
  const { root, config, finetuning, baseModelDir, adapterDir, problem, labels } = evaluation;
  if (problem === 'single_label_classification')
    throw new Error('a classifier of one label is evaluated elsewhere');
  const { seed } = finetuning;
  const open = (more: { adapterDir?: string }): Promise<OpenedClassifier> =>
    openClassifier({ baseModelDir, labels, seed, ...more });
  const record = await evaluateAnswers({
    ...{ root, config, places: evaluation.places, problem, labels, onProgress },
    base: { description: finetuning.model_name, open: () => open({}) },
    finetuned: { description: `the same after ${methodText(finetuning)}`, open: () => open({ adapterDir }) },
  });
  const { base, finetuned } = record;
  const figure = (value: number | null | undefined): string => value?.toFixed(4) ?? '';
  return {
    result: record,
    report: `${projectLayout.reports}/predictions.jsonl`,
    summary: textTable([
      ['', 'base', 'finetuned'],
      ...Object.keys(base).map((name) => [name, figure(base[name]), figure(finetuned[name])]),
    ]),
    tracked: { rows: record.test_rows, base, finetuned },
  };
}
