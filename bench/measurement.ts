/** What one side of a benchmark prints, as JSON, on its last line. */
export interface Measurement {
  /** Median over the steps after the warm-up. */
  readonly secondsPerStep: number;
  /** From the start of the process to the end of its first step. */
  readonly secondsToFirstStep: number;
  /** Bytes: the most that was resident at once. */
  readonly peakMemory: number;
  /** The losses of the first and the last step: both sides must learn. */
  readonly firstLoss: number;
  readonly lastLoss: number;
}

export interface Comparison {
  readonly name: string;
  readonly about: string;
  readonly ours: Measurement;
  readonly peer: Measurement;
  readonly peerName: string;
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
    secondsToFirstStep: of((run) => run.secondsToFirstStep),
    peakMemory: of((run) => run.peakMemory),
    firstLoss: of((run) => run.firstLoss),
    lastLoss: of((run) => run.lastLoss),
  };
}
