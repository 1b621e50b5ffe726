/** Answers of like confidence. */
export interface CalibrationBin {
  /** Their mean confidence, and the share of them that is right. */
  readonly confidence: number;
  readonly accuracy: number;
  readonly rows: number;
}

/**
 * Confidences in bins of equal width, each without its lower end. Empty bins are left out.
 *
 * @param confidence 0–1. [rows]
 */
export function calibrationBins(
  confidence: Float64Array,
  isRight: (row: number) => boolean,
  bins: number,
): CalibrationBin[] {
  const sums = Array.from({ length: bins }, () => ({ confidence: 0, right: 0, rows: 0 }));
  for (const [row, sure] of confidence.entries()) {
    const bin = sums[Math.min(bins - 1, Math.max(0, Math.ceil(sure * bins) - 1))] as (typeof sums)[number];
    bin.confidence += sure;
    bin.rows++;
    if (isRight(row)) bin.right++;
  }
  return sums
    .filter(({ rows }) => rows > 0)
    .map((bin) => ({
      confidence: bin.confidence / bin.rows,
      accuracy: bin.right / bin.rows,
      rows: bin.rows,
    }));
}

/**
 * Expected calibration error: how far confidence and accuracy are apart, in the mean over the rows.
 *
 * Guo et al., "On calibration of modern neural networks", 2017.
 */
export function calibrationError(bins: readonly CalibrationBin[]): number {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
  return bins.reduce((sum, bin) => sum + (bin.rows / rows) * Math.abs(bin.accuracy - bin.confidence), 0);
}
