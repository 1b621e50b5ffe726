import { interval, type McNemar } from '../../../statistics/index.js';
import { round } from '../round.js';

/** The models of an evaluation; the one in production where there is one, and it knows the same labels. */
export type ModelName = 'base' | 'production' | 'finetuned';

/** A figure of two models, and an interval that holds the difference; `null` for what cannot be said. */
export interface Difference {
  readonly before: number | null;
  readonly after: number | null;
  readonly difference: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** What two models are apart on the same rows. */
export interface Differences {
  readonly figures: Readonly<Record<string, Difference>>;
  /** Of answers that are wholly right or not. `productionOnly` are those of the first model. */
  readonly mcnemar?: McNemar;
}

/** One model beside another. */
export interface ComparedPair extends Differences {
  readonly before: ModelName;
  readonly after: ModelName;
}

export interface IntervalSettings {
  /** Share of the draws that an interval holds. */
  readonly confidence: number;
  /** Draws of as many rows as there are. */
  readonly replicates: number;
  readonly seed: number;
}

/** The same of each model; of the one in production where there is one. */
export interface OfModels<T> {
  readonly base: T;
  readonly production?: T;
  readonly finetuned: T;
}

/** Each model beside those that it could take the place of; the finetuned one first. */
export async function comparePairs<T>(
  { base, production, finetuned }: OfModels<T>,
  compare: (before: T, after: T) => Promise<Differences>,
): Promise<ComparedPair[]> {
  const pairs: ComparedPair[] = [{ before: 'base', after: 'finetuned', ...(await compare(base, finetuned)) }];
  if (production !== undefined)
    pairs.push(
      { before: 'production', after: 'finetuned', ...(await compare(production, finetuned)) },
      { before: 'base', after: 'production', ...(await compare(base, production)) },
    );
  return pairs;
}

/**
 * @param drawn differences in each resample, by the figure's name
 * @param before, after figures of all rows
 */
export function differencesOf(
  drawn: Iterable<readonly [name: string, differences: Float64Array]>,
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
  confidence: number,
): Record<string, Difference> {
  const found: Record<string, Difference> = {};
  for (const [name, differences] of drawn) {
    const [first, second] = [before[name] ?? Number.NaN, after[name] ?? Number.NaN];
    const { low, high } = interval(differences, confidence) ?? { low: Number.NaN, high: Number.NaN };
    found[name] = {
      before: round(first),
      after: round(second),
      difference: round(second - first),
      low: round(low),
      high: round(high),
    };
  }
  return found;
}

/** As metrics.json has it: `finetuned_over_base`, and the same of production. */
export function comparedRecord(
  pairs: readonly ComparedPair[],
  { confidence, replicates }: IntervalSettings,
): object {
  const records = pairs.map(({ before, after, figures, mcnemar }) => {
    const apart = Object.entries(figures).map(([name, { difference, low, high }]) => [
      name,
      { difference, low, high },
    ]);
    const disagreements = mcnemar && {
      [`only_${before}`]: mcnemar.productionOnly,
      [`only_${after}`]: mcnemar.candidateOnly,
      p: Number(mcnemar.p.toPrecision(4)),
    };
    const record: object = {
      ...(Object.fromEntries(apart) as object),
      ...(disagreements ? { mcnemar: disagreements } : {}),
    };
    return [`${after}_over_${before}`, record] as const;
  });
  return { confidence, replicates, ...Object.fromEntries(records) };
}
