/** Where a long piece of work stands. One of these per step of training, or per few thousand rows. */
export interface ProgressUpdate {
  /** Finished units, counted from the start of the whole work: a resumed training starts above 0. */
  readonly step: number;
  /** Units in all, where that is known. */
  readonly total?: number;
  /** What is being done, two or three words: `training`, `reading data.noun`. */
  readonly message?: string;
  /** Figures of the moment: `{ loss: 0.41, items_per_second: 118 }`. */
  readonly metrics?: Readonly<Record<string, number>>;
}

export interface ProgressReporter {
  /** Cheap enough to be called at every row: what nobody would see is dropped. Updates with metrics are always recorded. */
  update(update: ProgressUpdate): void;
  /** A line that stays: shown above the bar, and an event of its own in JSON. */
  log(line: string): void;
  /** Ends the bar and writes the last update out. Safe to call twice. */
  done(): void;
}

/** One way of showing progress. A reporter feeds every update to each of its sinks. */
export interface ProgressSink {
  update(update: ProgressUpdate): void;
  log(line: string): void;
  done(): void;
}
