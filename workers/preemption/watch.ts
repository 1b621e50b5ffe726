import { setTimeout as sleep } from 'node:timers/promises';
import { hasNotice, type NoticeSource } from './notices.js';

/** Clouds give between 30 seconds and two minutes. */
const EVERY_MS = 2_000;

/** Asks again and again, until there is a notice or `signal` fires. */
export async function watchPreemption(
  source: NoticeSource,
  signal: AbortSignal,
  onNotice: () => void,
): Promise<void> {
  while (!signal.aborted) {
    if (await hasNotice(source)) {
      onNotice();
      return;
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
