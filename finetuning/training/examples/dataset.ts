import type { Network } from '../../models/network.js';
import type { Examples } from './examples.js';

/** One data file of a training. */
export interface RowFile {
  readonly file: string;
  readonly count: number;
  /** Line of each row in the file, to name it by. */
  readonly lines: readonly number[];
  /** Of the file's bytes, as DVC hashes it. */
  readonly md5: string;
}

/** The rows of a training, read but not yet in the form that a network is fed. */
export interface Dataset {
  /** The classes, in the order of the logits; none for a language model. */
  readonly labels: readonly string[];
  readonly train: RowFile;
  readonly validation: RowFile;
  /** @throws DiagnosticError for rows that do not fit the model */
  encode(
    network: Network,
    modelDir: string,
    maxLength: number,
  ): { readonly train: Examples; readonly validation: Examples };
}
