import type { LanguageRow } from '../rows/language-row.js';

/** What a reader finds, before it is cleaned. */
export interface SourceRecord {
  /** Absent: the cleaned text's hash will name the row. */
  readonly id: string | undefined;
  readonly body: LanguageRow;
  /** Empty where the source has none; absent where rows of this form have none. */
  readonly label: string | undefined;
  readonly lemmas?: readonly string[];
  readonly group?: string;
  readonly time?: string;
  /** A value is missing, and `preprocessing.missing` says to drop the record. */
  readonly missing?: boolean;
  /** How many missing values were filled. */
  readonly filled?: number;
  /** Line of the file, from 1; of a parquet file, the row. */
  readonly line: number;
  /** Bytes of the file read so far. */
  readonly bytes: number;
}
