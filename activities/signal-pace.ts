/** Signals go to history, so they thin out as a stage grows long: about 20 · ln(T / 5 min) for a stage of T. */
const FIRST_MS = 2_000;
const EVERY_MS = 15_000;
const SHARE = 20;
/**
 * And as more stages of the run are under way than this: their history is one. When it is long, the run begins nothing until all of them
 * have ended, for it goes on in a new one.
 */
const FEW = 4;

/**
 * How long after the last signal of a stage the next one is due.
 *
 * @param age of the stage's execution, milliseconds
 * @param beside how many stages of its run are under way
 * @param signals how many it has sent
 */
export function signalPause(age: number, beside: number, signals: number): number {
  if (signals === 0) return FIRST_MS;
  return Math.max(EVERY_MS, age / SHARE) * Math.max(1, beside / FEW);
}
