import { bootstrap, kindsOf } from '../../../statistics/index.js';
import { differencesOf, type Differences, type IntervalSettings } from './compared.js';
import { disagreements } from './disagreements.js';

/** What is compared of a classifier. */
interface Answers {
  /** Label number of each row, [rows]. */
  readonly predicted: Uint32Array;
  readonly metrics: { readonly accuracy: number; readonly macro_f1: number };
}

/** @param actual label number of each row, [rows] */
export async function compareClassifiers(
  { actual, labels }: { readonly actual: Uint32Array; readonly labels: number },
  before: Answers,
  after: Answers,
  settings: IntervalSettings,
): Promise<Differences> {
  const kinds = kindsOf({ labels, actual, production: before.predicted, candidate: after.predicted });
  const { accuracy, macroF1 } = await bootstrap(kinds, settings);
  const drawn = [
    ['accuracy', accuracy],
    ['macro_f1', macroF1],
  ] as const;
  return {
    figures: differencesOf(drawn, { ...before.metrics }, { ...after.metrics }, settings.confidence),
    mcnemar: disagreements(
      actual.length,
      (row) => before.predicted[row] === actual[row],
      (row) => after.predicted[row] === actual[row],
    ),
  };
}
