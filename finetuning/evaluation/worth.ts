import type { ComparedPair, Difference, Differences } from './compared/compared.js';
import type { Judged } from './comparison.js';

/** Whether a training was worth it: beside the model that it began from, and beside an answer that nothing was learned for. */
export interface Worth {
  /** By what it is beside: `than_base`, `than_majority`, `than_mean`. True where chance alone does not explain it. */
  readonly better: Readonly<Record<string, boolean>>;
  /** What a person is warned of, one sentence or two each; the worst first. */
  readonly doubts: readonly string[];
}

const WHY =
  'Look at the training loss (models/checkpoints/training.json, or MLflow): where it did not fall, raise finetuning.learning_rate or ' +
  'num_epochs; where it rose or leapt, lower the rate. Then see that preprocessing.fields names the right columns.';
const NOT_SHOWN = 'is not shown to be better than';

/** Standard errors that a correlation has to be away from 0. */
const CLEAR = 2;

/**
 * Of one label each. Where labels are uneven, a model that is not right more often may still know something: what it says then
 * goes with what is right.
 */
export function classifierWorth(
  { labels, actual, majority, finetuned }: ClassifierAnswers,
  overMajority: Differences,
  pairs: readonly ComparedPair[],
): Worth {
  const { accuracy } = overMajority.figures;
  const thanMajority = isAbove(accuracy);
  const overBase = pairs[0]?.figures['accuracy'];
  const rows = actual.length;
  const said = new Set(finetuned.predicted);
  const always = labels[majority.predicted[0] as number];
  const [only] = said;
  const doubts: string[] = [];
  if (said.size === 1 && new Set(actual).size > 1)
    doubts.push(
      `The finetuned model says ${labels[only as number]} for every one of ${rows} test rows: it tells nothing apart. ${WHY}`,
    );
  else if (!thanMajority)
    doubts.push(
      `The finetuned model ${NOT_SHOWN} always saying ${always}: accuracy ${figure(accuracy?.after)} beside ${figure(accuracy?.before)} (${between(accuracy)}, ${rows} test rows). ` +
        (finetuned.metrics.mcc * Math.sqrt(rows) > CLEAR
          ? `What it says does go with the labels (MCC ${figure(finetuned.metrics.mcc)}): of uneven labels, macro F1 and MCC tell more than accuracy.`
          : WHY),
    );
  if (thanMajority && !isAbove(overBase)) doubts.push(noBetterThanBase('accuracy', overBase, rows));
  return { better: { than_majority: thanMajority, than_base: isAbove(overBase) }, doubts };
}

export interface ClassifierAnswers {
  readonly labels: readonly string[];
  readonly actual: Uint32Array;
  readonly majority: Judged;
  readonly finetuned: Judged;
}

/** Of numbers, or of any number of labels. */
export function answersWorth(
  ofNumbers: boolean,
  { figures }: { readonly figures: Readonly<Record<string, number | null>> },
  pairs: readonly ComparedPair[],
  rows: number,
): Worth {
  const name = ofNumbers ? 'rmse' : 'micro_f1';
  const overBase = pairs[0]?.figures[name];
  const thanBase = ofNumbers ? isBelow(overBase) : isAbove(overBase);
  // 0: as good as always saying the mean of the test rows.
  const thanMean = (figures['r2'] ?? 0) > 0;
  const doubts: string[] = [];
  if (ofNumbers && !thanMean)
    doubts.push(
      `The finetuned model is no better than always saying the mean of the test rows: R² ${figure(figures['r2'])}. ${WHY}`,
    );
  else if (!ofNumbers && figures['micro_f1'] === 0)
    doubts.push(`The finetuned model has none of the labels of ${rows} test rows right. ${WHY}`);
  else if (!thanBase) doubts.push(noBetterThanBase(name, overBase, rows));
  return { better: { ...(ofNumbers ? { than_mean: thanMean } : {}), than_base: thanBase }, doubts };
}

/** Of language models: by bits per byte, of which less is better. */
export function languageWorth(pairs: readonly ComparedPair[], rows: number): Worth {
  const overBase = pairs[0]?.figures['bits_per_byte'];
  const thanBase = isBelow(overBase);
  return {
    better: { than_base: thanBase },
    doubts: thanBase ? [] : [noBetterThanBase('bits_per_byte', overBase, rows)],
  };
}

function noBetterThanBase(name: string, difference: Difference | undefined, rows: number): string {
  return (
    `The finetuned model ${NOT_SHOWN} the base: ${name.replaceAll('_', ' ')} ${figure(difference?.after)} beside ${figure(difference?.before)} ` +
    `(${between(difference)}, ${rows} test rows). ${WHY}`
  );
}

function isAbove(difference: Difference | undefined): boolean {
  return (difference?.low ?? 0) > 0;
}

function isBelow(difference: Difference | undefined): boolean {
  return (difference?.high ?? 0) < 0;
}

function between({ low = null, high = null }: Partial<Difference> = {}): string {
  return `the difference is from ${figure(low)} to ${figure(high)}`;
}

function figure(value: number | null | undefined): string {
  return value?.toFixed(4) ?? '–';
}
