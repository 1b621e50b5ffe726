/** In the order in which they are looked for. Those after the first line are counted where their step is asked for. */
interface Dropped {
  /** A value is missing that preprocessing.missing says to drop. */
  readonly missing?: number;
  /** Nothing is left of the text, or it is shorter than `min_characters`. */
  readonly too_short: number;
  readonly too_long?: number;
  /** The number that it has lies outside of `preprocessing.number`. */
  readonly out_of_range?: number;
  /** In a language that is not wanted. */
  readonly language?: number;
  /** A step of the user's own dropped it. */
  readonly step?: number;
  readonly unlabelled: number;
  /** The label is not in `label_map`. */
  readonly unmapped?: number;
  /** Says the same as an earlier row of the same label; case, spacing and punctuation aside. */
  readonly duplicate: number;
  /** The same text stands under different labels: which is right cannot be told, so all of them go. */
  readonly conflicting: number;
  readonly near_duplicate?: number;
  /** More of its label than `balance` leaves. */
  readonly balance?: number;
}

export type DropReason = keyof Dropped;

/** data/processed/report.json. Every record read is counted once: in `dropped` or in `written`. */
export interface PreprocessReport {
  readonly read: number;
  readonly dropped: Dropped;
  /** Missing values that were filled. */
  readonly filled?: number;
  /** What was made unreadable, by kind. */
  readonly redacted?: { readonly [kind: string]: number };
  readonly written: number;
  /** Of the texts written. */
  readonly characters: { readonly shortest: number; readonly longest: number; readonly mean: number };
  /** Rows per label, sorted by label. */
  readonly labels: { readonly [label: string]: number };
  /** Where labels are numbers: those of the rows written. */
  readonly numbers?: { readonly lowest: number; readonly highest: number; readonly mean: number };
}

/** What is counted of a row. */
interface Tallied {
  readonly text: string;
  readonly label: string | undefined;
  readonly counted?: readonly string[];
  readonly number?: number;
  readonly filled?: number;
  readonly redacted?: Readonly<Record<string, number>>;
}

/** Counts what becomes of each record. */
export class PreprocessTally {
  #read = 0;
  readonly #dropped: Record<string, number>;
  readonly #filled: { filled?: number };
  readonly #redacted: { redacted?: Record<string, number> };
  readonly #labels = new Map<string, number>();
  readonly #numbers = { lowest: Infinity, highest: -Infinity, sum: 0, count: 0 };
  readonly #characters = { shortest: Infinity, longest: 0, sum: 0 };
  #written = 0;

  /** @param steps those that are counted beside the usual ones */
  constructor(steps: {
    readonly reasons: readonly DropReason[];
    readonly fills: boolean;
    readonly redacts: readonly string[];
  }) {
    this.#dropped = { too_short: 0, unlabelled: 0, duplicate: 0, conflicting: 0 };
    for (const reason of steps.reasons) this.#dropped[reason] = 0;
    this.#filled = steps.fills ? { filled: 0 } : {};
    this.#redacted =
      steps.redacts.length > 0
        ? { redacted: Object.fromEntries(steps.redacts.map((kind) => [kind, 0])) }
        : {};
  }

  drop(reason: DropReason): void {
    this.#read++;
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + 1;
  }

  write({ text, label, counted, number, filled = 0, redacted = {} }: Tallied): void {
    this.#read++;
    this.#written++;
    for (const each of counted ?? (label === undefined ? [] : [label]))
      this.#labels.set(each, (this.#labels.get(each) ?? 0) + 1);
    if (number !== undefined) {
      this.#numbers.lowest = Math.min(this.#numbers.lowest, number);
      this.#numbers.highest = Math.max(this.#numbers.highest, number);
      this.#numbers.sum += number;
      this.#numbers.count++;
    }
    this.#characters.shortest = Math.min(this.#characters.shortest, text.length);
    this.#characters.longest = Math.max(this.#characters.longest, text.length);
    this.#characters.sum += text.length;
    if (this.#filled.filled !== undefined) this.#filled.filled += filled;
    const counts = this.#redacted.redacted;
    if (counts)
      for (const [kind, count] of Object.entries(redacted)) counts[kind] = (counts[kind] ?? 0) + count;
  }

  report(): PreprocessReport {
    const { shortest, longest, sum } = this.#characters;
    const { lowest, highest, sum: total, count } = this.#numbers;
    const mean = this.#written === 0 ? 0 : Math.round((sum / this.#written) * 100) / 100;
    return {
      read: this.#read,
      dropped: this.#dropped as unknown as Dropped,
      ...this.#filled,
      ...this.#redacted,
      written: this.#written,
      characters: { shortest: this.#written === 0 ? 0 : shortest, longest, mean },
      labels: Object.fromEntries([...this.#labels].sort(([a], [b]) => (a < b ? -1 : 1))),
      ...(count === 0 ? {} : { numbers: { lowest, highest, mean: Number((total / count).toPrecision(6)) } }),
    };
  }
}
