import { existsSync } from 'node:fs';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { Judgement, PromotionSettings } from '../../workflows/index.js';
import { insideProject } from '../versions/paths.js';
import { readProduction } from '../versions/production.js';
import { compareFiles, type PredictionsFile } from './compare-files.js';

type Model = 'base' | 'finetuned' | 'production';

/** Two models on the same rows; or why they cannot be compared. */
export type ModelsCompared = {
  readonly models: readonly [before: Model, after: Model];
} & ({ readonly judgement: Judgement } | { readonly reason: string });

/**
 * What `reprise evaluate` left of the base and the finetuned model, and what the model in production said of the same
 * rows, each with each.
 *
 * @throws DiagnosticError those of `readPredictions` and `readProduction`
 */
export async function compareModels(root: string, settings: PromotionSettings): Promise<ModelsCompared[]> {
  const { predictions, final } = settings;
  const path = await insideProject(root, predictions);
  const of = (column: string): PredictionsFile => ({ path, shown: predictions, column });
  const files: [Model, PredictionsFile][] = [
    ['base', of('base')],
    ['finetuned', of(settings.columns.prediction ?? 'finetuned')],
  ];
  const production = await readProduction(root, final);
  let missing: string | undefined;
  if (production) {
    const { predictions: answers } = production;
    const file = await insideProject(root, answers.path);
    if (existsSync(file)) files.splice(1, 0, ['production', { path: file, shown: answers.path }]);
    else missing = `${answers.path} is not here; \`dvc pull ${answers.path}\` brings it`;
  }
  const compared: ModelsCompared[] = [];
  for (const [place, [after, candidate]] of files.entries())
    for (const [before, incumbent] of files.slice(0, place))
      compared.push({ models: [before, after], ...(await judged(incumbent, candidate, settings)) });
  if (missing !== undefined) compared.push({ models: ['production', 'finetuned'], reason: missing });
  return compared;
}

/** Rows may have changed since a model came into production: then that is what there is to say. */
async function judged(
  before: PredictionsFile,
  after: PredictionsFile,
  settings: PromotionSettings,
): Promise<{ judgement: Judgement } | { reason: string }> {
  try {
    return { judgement: await compareFiles(before, after, settings) };
  } catch (error) {
    if (error instanceof DiagnosticError && error.code === 'rows-differ') return { reason: error.message };
    throw error;
  }
}
