import type { LanguageRow } from '../rows/language-row.js';
import type { ReadNumber } from './read-answer.js';

/** What a reader finds, before it is cleaned. */
export interface SourceRecord {
  /** Absent: the cleaned text's hash will name the row. */
  readonly id: string | undefined;
  readonly body: LanguageRow;
  /** A second text, which the body's stands to in some way. */
  readonly pair?: string;
  /** Empty where the source has none; absent where rows of this form have none. */
  readonly label: string | undefined;
  /** In place of the label: what it is as a number, and whether it is one that is not wanted. */
  readonly number?: ReadNumber;
  /** In place of the label: any number of them. */
  readonly labels?: readonly string[];
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
