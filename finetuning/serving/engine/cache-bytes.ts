import type { EngineSizes } from '../types.js';
import { GENERATION_LADDER, PREPARED_ROWS, roomsFor } from './rooms.js';
import { rowLadder } from './row-ladder.js';

/** What a language model's keys and values take, per token of a row, follows from these. */
export interface CachedModel {
  readonly layers: number;
  readonly hidden: number;
  /** Tokens that the model can read. */
  readonly maxWidth: number;
}

/** Bytes of the caches. Each is made when a graph that has to do with it first runs. */
export interface CacheBytes {
  /** Of what is prepared before anybody asks. */
  readonly prepared: number;
  /** Of one for each room and number of rows. */
  readonly most: number;
}

export function cacheBytes(
  { layers, hidden, maxWidth }: CachedModel,
  { maxBatch, maxContext }: EngineSizes,
): CacheBytes {
  const ladder = rowLadder(maxBatch, GENERATION_LADDER);
  const bytesOf = (rows: readonly number[], slots: number): number =>
    sum(rows) * slots * layers * 2 * hidden * Float32Array.BYTES_PER_ELEMENT;
  const rooms = roomsFor(Math.min(maxContext, maxWidth));
  const few = ladder.filter((rows) => rows <= PREPARED_ROWS);
  return {
    prepared: sum(rooms.map(({ slots }, room) => bytesOf(room === 0 ? ladder : few, slots))),
    most: sum(rooms.map(({ slots }) => bytesOf(ladder, slots))),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
