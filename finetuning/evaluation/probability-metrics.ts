import { calibrationBins, calibrationError, type CalibrationBin } from './calibration.js';
import { averagePrecision, rank, rocAuc, type Ranking } from './ranking.js';

/** What the probabilities of all labels are worth, not the likeliest alone. */
export interface ProbabilityMetrics {
  /** Mean over the labels, each against the rest; NaN where no label has rows and others have. */
  readonly roc_auc: number;
  readonly pr_auc: number;
  /** Mean cross entropy, in nats. */
  readonly log_loss: number;
  /** Expected calibration error. */
  readonly ece: number;
  /** k → how often the right label is among the k likeliest. */
  readonly top_k: ReadonlyMap<number, number>;
  /** By label number; NaN for a label without rows. */
  readonly classes: readonly { readonly roc_auc: number; readonly pr_auc: number }[];
  /** Of all labels of all rows together. */
  readonly ranking: Ranking;
  readonly calibration: readonly CalibrationBin[];
}

export interface ProbabilityOptions {
  readonly calibrationBins: number;
  /** Those as large as the number of labels are passed over. */
  readonly topK: readonly number[];
}

/**
 * As scikit-learn's `roc_auc_score(multi_class="ovr", average="macro")`, `average_precision_score(average="macro")`,
 * `log_loss` and `top_k_accuracy_score`; labels without rows, of which nothing can be said, are left out of means.
 *
 * @param actual label numbers. [rows]
 * @param probabilities [rows, labels]
 */
export function probabilityMetrics(
  actual: Uint32Array,
  probabilities: Float64Array,
  labels: number,
  options: ProbabilityOptions,
): ProbabilityMetrics {
  const rows = actual.length;
  const at = (row: number, label: number): number => probabilities[row * labels + label] as number;
  const column = new Float64Array(rows);
  const classes = Array.from({ length: labels }, (_, label) => {
    for (let row = 0; row < rows; row++) column[row] = at(row, label);
    const ranking = rank(column, (row) => actual[row] === label);
    return { roc_auc: rocAuc(ranking), pr_auc: averagePrecision(ranking) };
  });
  const likeliest = Uint32Array.from(actual, (_, row) => {
    let best = 0;
    for (let label = 1; label < labels; label++) if (at(row, label) > at(row, best)) best = label;
    return best;
  });
  const confidence = Float64Array.from(likeliest, (label, row) => at(row, label));
  const calibration = calibrationBins(
    confidence,
    (row) => likeliest[row] === actual[row],
    options.calibrationBins,
  );
  const ks = options.topK.filter((k) => k < labels).toSorted((a, b) => a - b);
  const places = Array.from(actual, (label, row) => placeOf(label, row, labels, at));
  const share = (k: number): number => places.filter((place) => place < k).length / rows;
  return {
    roc_auc: meanOf(classes.map((of) => of.roc_auc)),
    pr_auc: meanOf(classes.map((of) => of.pr_auc)),
    log_loss: actual.reduce((sum, label, row) => sum - Math.log(clipped(at(row, label))), 0) / rows,
    ece: calibrationError(calibration),
    top_k: new Map(ks.map((k) => [k, share(k)])),
    classes,
    ranking: rank(probabilities, (cell) => actual[Math.floor(cell / labels)] === cell % labels),
    calibration,
  };
}

/** How many labels rank before this one: of equals, scikit-learn has the later first. */
function placeOf(
  label: number,
  row: number,
  labels: number,
  at: (row: number, label: number) => number,
): number {
  const own = at(row, label);
  let before = 0;
  for (let other = 0; other < labels; other++)
    if (at(row, other) > own || (at(row, other) === own && other > label)) before++;
  return before;
}

/** A probability of 0 would cost infinitely much. */
function clipped(probability: number): number {
  return Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON);
}

function meanOf(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
}
