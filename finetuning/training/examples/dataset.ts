import { join } from 'node:path';
import type { Location } from '../../../diagnostics/index.js';
import type { Network } from '../../models/network.js';
import type { Examples } from './examples.js';

/** One data file of a training. */
export interface RowFile {
  readonly file: string;
  readonly count: number;
  /** Line of each row in the file, to name it by; in a folder its place in the order. */
  readonly lines: readonly number[];
  /** Of a folder's rows, their paths in it: they have no lines. */
  readonly names?: readonly string[];
  /** Of the file's bytes, as DVC hashes it; with pictures, of these too. */
  readonly md5: string;
}

/** Where a row stands, for messages. */
export function rowLocation({ file, lines, names }: Omit<RowFile, 'md5'>, row: number): Location {
  return names ? { file: join(file, names[row] as string) } : { file, line: lines[row] as number };
}

/** The rows of a training, read but not yet in the form that a network is fed. */
export interface Dataset {
  /** The classes, in the order of the logits; none for a language model. */
  readonly labels: readonly string[];
  /** Some rows have two texts, whose tokens are told apart. */
  readonly pairs?: boolean;
  readonly train: RowFile;
  readonly validation: RowFile;
  /** @throws DiagnosticError for rows that do not fit the model */
  encode(
    network: Network,
    modelDir: string,
    maxLength: number,
  ): { readonly train: Examples; readonly validation: Examples };
}
