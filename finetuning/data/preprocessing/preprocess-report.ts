/** data/processed/report.json. Every record read is counted once: in `dropped` or in `written`. */
export interface PreprocessReport {
  readonly read: number;
  readonly dropped: {
    /** Nothing is left of the text, or it is shorter than `min_characters`. */
    readonly too_short: number;
    readonly unlabelled: number;
    /** Says the same as an earlier row of the same label; case, spacing and punctuation aside. */
    readonly duplicate: number;
    /** The same text stands under different labels: which is right cannot be told, so all of them go. */
    readonly conflicting: number;
  };
  readonly written: number;
  /** Of the texts written. */
  readonly characters: { readonly shortest: number; readonly longest: number; readonly mean: number };
  /** Rows per label, sorted by label. */
  readonly labels: { readonly [label: string]: number };
}

/** Counts what becomes of each record. */
export class PreprocessTally {
  #read = 0;
  readonly #dropped = { too_short: 0, unlabelled: 0, duplicate: 0, conflicting: 0 };
  readonly #labels = new Map<string, number>();
  readonly #characters = { shortest: Infinity, longest: 0, sum: 0 };
  #written = 0;

  drop(reason: keyof PreprocessReport['dropped']): void {
    this.#read++;
    this.#dropped[reason]++;
  }

  write(text: string, label: string): void {
    this.#read++;
    this.#written++;
    this.#labels.set(label, (this.#labels.get(label) ?? 0) + 1);
    this.#characters.shortest = Math.min(this.#characters.shortest, text.length);
    this.#characters.longest = Math.max(this.#characters.longest, text.length);
    this.#characters.sum += text.length;
  }

  report(): PreprocessReport {
    const { shortest, longest, sum } = this.#characters;
    const mean = this.#written === 0 ? 0 : Math.round((sum / this.#written) * 100) / 100;
    return {
      read: this.#read,
      dropped: this.#dropped,
      written: this.#written,
      characters: { shortest: this.#written === 0 ? 0 : shortest, longest, mean },
      labels: Object.fromEntries([...this.#labels].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
  }
}
