/** What a timer of Node can hold, about 24 days: a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface TimeLimit {
  readonly signal: AbortSignal;
  /** It is over in time: the signal stays as it is. */
  clear(): void;
}

/** As `AbortSignal.timeout`, for a stage that may run for months. */
export function timeLimit(seconds: number): TimeLimit {
  const over = new AbortController();
  let left = seconds * 1000;
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    const next = Math.min(left, LONGEST_TIMER_MS);
    left -= next;
    timer = setTimeout(() => {
      if (left > 0) wait();
      else over.abort(new DOMException('the time is over', 'TimeoutError'));
    }, next).unref();
  };
  wait();
  return { signal: over.signal, clear: () => clearTimeout(timer) };
}
