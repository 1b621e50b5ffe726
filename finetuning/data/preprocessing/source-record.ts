/** What a reader finds, before it is cleaned. */
export interface SourceRecord {
  /** Absent: the cleaned text's hash will name the row. */
  readonly id: string | undefined;
  readonly text: string;
  /** Empty where the source has none. */
  readonly label: string;
  readonly lemmas?: readonly string[];
  /** Line of the file, from 1. */
  readonly line: number;
  /** Bytes of the file read so far. */
  readonly bytes: number;
}
