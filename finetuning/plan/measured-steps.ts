/** What the measuring process is told, as JSON in its first argument. */
export interface MeasureRequest {
  readonly config: unknown;
  readonly trainFile: string;
  readonly valFile: string;
  readonly modelDir: string;
  readonly projectDir: string;
  readonly adapterDir?: string;
  /** Bytes of the GPU that were taken before, where there is one. */
  readonly usedBefore?: number;
}

/** What it prints, as JSON in its last line. */
export interface MeasuredSteps {
  /** Updates of one epoch, and of the whole training. */
  readonly stepsPerEpoch: number;
  readonly total: number;
  /** Seconds of an epoch's updates, from one measured pass of each width or of widths around it. */
  readonly secondsPerEpoch: number;
  /** Seconds from the start of the process to the end of the first update. */
  readonly secondsToFirstStep: number;
  /** Bytes: what the process held before it had a model, and the most that it held. */
  readonly before: number;
  readonly peak: number;
}
