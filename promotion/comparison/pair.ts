import type { PairedAnswers } from '../../statistics/index.js';
import type { Predictions } from './read-predictions.js';

/** The answers of two models on the same rows. */
export interface Paired extends PairedAnswers {
  /** By label number, sorted. */
  readonly names: readonly string[];
}

/** Why two files do not speak of the same rows; undefined when they do. */
export function differenceOfRows(production: Predictions, candidate: Predictions): string | undefined {
  if (production.rows.size !== candidate.rows.size)
    return `the test set has ${candidate.rows.size} rows, and had ${production.rows.size}`;
  for (const [id, row] of candidate.rows) {
    const before = production.rows.get(id);
    if (!before) return `the test set has a row ${id}, and had none`;
    if (before.label !== row.label)
      return `the row ${id} has the label ${row.label}, and had ${before.label}`;
    if (before.text !== row.text) return `the row ${id} has another text than it had`;
  }
  return undefined;
}

/** Numbers the labels that occur, as rows' or as answers; both files must have the same rows. */
export function pair(production: Predictions, candidate: Predictions): Paired {
  const all = [...production.rows.values(), ...candidate.rows.values()];
  const names = [...new Set(all.flatMap((row) => [row.label, row.prediction]))].sort();
  const numbers = new Map(names.map((name, number) => [name, number]));
  const number = (name: string | undefined): number => numbers.get(name ?? '') as number;
  const rows = [...candidate.rows];
  return {
    names,
    labels: names.length,
    actual: Uint32Array.from(rows, ([, row]) => number(row.label)),
    production: Uint32Array.from(rows, ([id]) => number(production.rows.get(id)?.prediction)),
    candidate: Uint32Array.from(rows, ([, row]) => number(row.prediction)),
  };
}
