/** What one side of a benchmark prints, as JSON, on its last line. */
export interface Measurement {
  /** Median over the steps after the warm-up. */
  readonly secondsPerStep: number;
  /** CPU time of all threads, the mean over the same steps: says more than wall time on a machine that has other work. */
  readonly cpuPerStep: number;
  /** From the start of the process to the end of its first step. */
  readonly secondsToFirstStep: number;
  readonly cpuToFirstStep: number;
  /** Bytes: the most that was resident at once. */
  readonly peakMemory: number;
  /** The losses of the first and the last step: both sides must learn. */
  readonly firstLoss: number;
  readonly lastLoss: number;
  /**
   * Operations of the step's products in a second of CPU time, as a share of what a product of two large matrices alone
   * comes to in the same process. Of ours.
   */
  readonly productShare?: number;
}

/** One figure of both sides. */
export interface Row {
  readonly label: string;
  /** Seconds, or bytes. */
  readonly unit: 's' | 'B';
  readonly ours: number;
  readonly peer: number;
}

export interface Comparison {
  readonly name: string;
  readonly about: string;
  readonly peerName: string;
  readonly rows: readonly Row[];
  /** What has no ratio, such as what each side came to, where that says whether both did the same. */
  readonly notes?: readonly { readonly label: string; readonly ours: string; readonly peer: string }[];
}

/** What has no peer: ours alone. */
export interface Measured {
  readonly name: string;
  readonly about: string;
  /** Label and figure. */
  readonly rows: readonly (readonly [string, string])[];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** The middle one of several runs, figure by figure. */
export function medianOf(runs: readonly Measurement[]): Measurement {
  const of = (pick: (run: Measurement) => number): number => median(runs.map(pick));
  return {
    secondsPerStep: of((run) => run.secondsPerStep),
    cpuPerStep: of((run) => run.cpuPerStep),
    secondsToFirstStep: of((run) => run.secondsToFirstStep),
    cpuToFirstStep: of((run) => run.cpuToFirstStep),
    peakMemory: of((run) => run.peakMemory),
    firstLoss: of((run) => run.firstLoss),
    lastLoss: of((run) => run.lastLoss),
    productShare: of((run) => run.productShare ?? NaN),
  };
}
