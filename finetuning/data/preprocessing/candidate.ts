import type { DropReason } from './preprocess-report.js';

/** A record that was cleaned, and may become a row. */
export interface Candidate {
  readonly file: string;
  readonly line: number;
  /** Of all files, read so far. */
  readonly bytes: number;
  /** Absent: the digest names the row. */
  readonly id: string | undefined;
  /**
   * What is to be said of it, as a name: texts that are the same and have others contradict each other. Absent where rows
   * have none, as texts to go on from; empty where one is missing.
   */
  readonly label: string | undefined;
  /** Labels that are counted in place of it; none of a number. */
  readonly counted?: readonly string[];
  readonly number?: number;
  /** What is said by it alone: two of one digest are the same row to a reader. 16 bytes. */
  readonly digest: Buffer;
  /** What is counted and compared; of a picture, nothing. */
  readonly text: string;
  /** What was found wrong with it so far. */
  readonly drop?: DropReason;
  /** How many values were filled in, and how many of each kind made unreadable. */
  readonly filled?: number;
  readonly redacted?: Readonly<Record<string, number>>;
  /** What is written of it, in this order. */
  fields(id: string): object;
  /** The picture that its row names, where that is yet to be made. */
  readonly picture?: (id: string) => { readonly path: string; readonly bytes: Promise<Buffer> };
}
