import { jest } from '@jest/globals';
import { timeLimit } from '../../activities/time-limit.js';

const DAY = 86_400;

describe('a limit of time', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  // A timer of Node holds 24.8 days.
  it.each([1, DAY, 24 * DAY, 30 * DAY, 365 * DAY])('of %i s is over then, and not before', (seconds) => {
    const { signal } = timeLimit(seconds);
    jest.advanceTimersByTime(seconds * 1000 - 1);
    expect(signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(signal.aborted).toBe(true);
  });

  it('is never over once it is cleared, and keeps no timer', () => {
    const { signal, clear } = timeLimit(30 * DAY);
    jest.advanceTimersByTime(25 * DAY * 1000);
    clear();
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(30 * DAY * 1000);
    expect(signal.aborted).toBe(false);
  });
});
