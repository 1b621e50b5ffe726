import { DiagnosticError } from '../../diagnostics/index.js';
import type { Judgement, PromotionSettings } from '../../workflows/index.js';
import { compare } from './compare.js';
import { judge } from './judge.js';
import { differenceOfRows, pair } from './pair.js';
import { readPredictions, type Predictions } from './read-predictions.js';

/** A file of predictions, and how messages name it. */
export interface PredictionsFile {
  readonly path: string;
  readonly shown: string;
  /** The field with the answers, in place of the settings'. */
  readonly column?: string;
}

/**
 * Compares two models by what they say of the same rows.
 *
 * @throws DiagnosticError `rows-differ`, those of `readPredictions`
 */
export async function compareFiles(
  production: PredictionsFile,
  candidate: PredictionsFile,
  settings: PromotionSettings,
  version = 0,
): Promise<Judgement> {
  const read = ({ path, shown, column }: PredictionsFile): Promise<Predictions> =>
    readPredictions(path, shown, {
      ...settings.columns,
      ...(column === undefined ? {} : { prediction: column }),
    });
  const before = await read(production);
  const after = await read(candidate);
  const difference = differenceOfRows(before, after);
  if (difference !== undefined) {
    throw new DiagnosticError('rows-differ', {
      message: `${production.shown} and ${candidate.shown} are not about the same rows: ${difference}`,
      at: { file: candidate.shown },
      fix: 'let both models answer the same test rows',
    });
  }
  return judge(await compare(pair(before, after), version, settings), settings);
}
