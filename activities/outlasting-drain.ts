import { Context } from '@temporalio/activity';

/**
 * Runs what is nearly done: when its worker is told to leave, it has so many seconds more. A person's cancellation, or the server's,
 * ends it at once.
 */
export async function outlastingDrain<T>(
  seconds: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = Context.current().cancellationSignal;
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => ending.abort(own.reason);
  const onAbort = (): void => {
    if (isDrained(own)) timer = setTimeout(end, seconds * 1000);
    else end();
  };
  if (own.aborted) onAbort();
  else own.addEventListener('abort', onAbort, { once: true });
  try {
    return await run(ending.signal);
  } finally {
    clearTimeout(timer);
    own.removeEventListener('abort', onAbort);
  }
}

/** As the SDK says it. */
function isDrained({ reason }: AbortSignal): boolean {
  return (reason as Error | undefined)?.message === 'WORKER_SHUTDOWN';
}
