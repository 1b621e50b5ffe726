import { signalPause } from '../../activities/signal-pace.js';

const HOUR = 3600_000;

/** Signals that a stage sends in so many milliseconds. */
function signalsOf(duration: number, beside: number): number {
  let signals = 0;
  for (let age = signalPause(0, beside, 0); age < duration; age += signalPause(age, beside, signals))
    signals++;
  return signals;
}

it('is short at first: a person watches', () => {
  expect(signalsOf(60_000, 1)).toBe(4);
  expect(signalsOf(10_000, 1000)).toBe(1);
});

it('keeps the history of days short, whatever number of stages is under way', () => {
  const day = signalsOf(24 * HOUR, 1);
  expect(day).toBeGreaterThan(100);
  expect(day).toBeLessThan(150);
  // A signal is four events, and the server wants a history ended at 4,096.
  for (const beside of [1, 4, 16, 100]) expect(4 * beside * signalsOf(24 * HOUR, beside)).toBeLessThan(4_096);
});
