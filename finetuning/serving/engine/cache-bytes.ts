import type { EngineSizes } from '../types.js';
import { GENERATION_LADDER, roomsFor } from './rooms.js';
import { rowLadder } from './row-ladder.js';

/** What a language model's keys and values take, per token of a row, follows from these. */
export interface CachedModel {
  readonly layers: number;
  readonly hidden: number;
  /** Tokens that the model can read. */
  readonly maxWidth: number;
}

/** Bytes of the caches that a server may come to hold: one for each room and number of rows. */
export function cacheBytes(
  { layers, hidden, maxWidth }: CachedModel,
  { maxBatch, maxContext }: EngineSizes,
): number {
  const rows = sum(rowLadder(maxBatch, GENERATION_LADDER));
  const slots = sum(roomsFor(Math.min(maxContext, maxWidth)).map((room) => room.slots));
  return rows * slots * layers * 2 * hidden * Float32Array.BYTES_PER_ELEMENT;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
