import { projectLayout } from '../../configs/index.js';
import type { JudgedLanguage, LanguageContender } from '../../finetuning/index.js';
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

/** Perplexity, and likeness of what is gone on with. */
export async function evaluateLanguageModels(evaluation: Evaluation, onProgress: OnUpdate): Promise<Told> {
  const { evaluateLanguage, languageMetrics, openGenerator, openScorer } =
    await import('../../finetuning/index.js');
  const { root, name, config, finetuning, baseModelDir, adapterDir } = evaluation;
  const contender = (description: string, more: { adapterDir?: string }): LanguageContender => ({
    description,
    openScorer: () => openScorer({ baseModelDir, ...more }),
    openGenerator: () => openGenerator({ baseModelDir, ...more }),
  });
  const comparison = await evaluateLanguage({
    root,
    name,
    config,
    places: evaluation.places,
    ...(evaluation.files.test === undefined ? {} : { testFile: evaluation.files.test }),
    base: contender(`${finetuning.model_name} as pretrained`, {}),
    finetuned: contender(`The same model after ${methodText(finetuning)}: ${projectLayout.bestModel}`, {
      adapterDir,
    }),
    ...productionContender(evaluation, ({ description, labels: _, ...model }) => ({
      description,
      openScorer: () => openScorer(model),
      openGenerator: () => openGenerator(model),
    })),
    onProgress,
  });
  const { base, production, finetuned, compared } = comparison;
  const latency = {
    base: base.latency,
    ...(production ? { production: production.latency } : {}),
    finetuned: finetuned.latency,
  };
  const row = (title: string, { figures, completions, latency: { p50 } }: JudgedLanguage): string[] => [
    title,
    figures.perplexity.toFixed(3),
    figures.bits_per_byte.toFixed(4),
    ...(completions
      ? [completions.exact_match.toFixed(4), completions.rouge_l.toFixed(4), completions.chrf.toFixed(2)]
      : []),
    p50 === null ? '' : formatFigure(p50),
  ];
  const completed = base.completions ? ['exact', 'ROUGE-L', 'chrF'] : [];
  const numbers = ({ figures, completions, own }: JudgedLanguage): Record<string, number | null> => ({
    ...figures,
    ...completions,
    ...own,
  });
  return {
    tracked: { rows: comparison.rows.length, base: numbers(base), finetuned: numbers(finetuned) },
    result: { ...languageMetrics(comparison, config), latency_ms: latency },
    report: `${projectLayout.reports}/report.html`,
    doubts: comparison.worth.doubts,
    summary:
      textTable([
        ['', 'perplexity', 'bits/byte', ...completed, 'ms/row'],
        row('base', base),
        ...(production ? [row('production', production)] : []),
        row('finetuned', finetuned),
      ]) + compared.map((pair) => `${pairLine(pair, 'bits_per_byte')}\n`).join(''),
  };
}
