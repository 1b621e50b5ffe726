import type { OutputsResult } from '../../dvc/index.js';
import { megabytes } from './progress.js';

export interface Sums {
  readonly transferred: number;
  readonly present: number;
  readonly bytes: number;
}

export function sumsOf(results: readonly OutputsResult[]): Sums {
  const sum = (count: (result: OutputsResult) => number) =>
    results.reduce((total, result) => total + count(result), 0);
  return {
    transferred: sum(({ transferred }) => transferred.length),
    present: sum(({ present }) => present.length),
    bytes: sum(({ bytes }) => bytes),
  };
}

/** `3 objects pushed (1.2 MB), 5 were there`. */
export function sumsText({ transferred, present, bytes }: Sums, done: string, failed: number): string {
  if (transferred === 0 && failed === 0) return `everything is up to date (${present} objects)`;
  return `${count(transferred, 'object')} ${done} (${megabytes(bytes)} MB), ${present} were there`;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
