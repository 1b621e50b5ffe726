import { openStore } from '../store/open-store.js';
import { StoreFailure } from '../store/tracking-store.js';
import type { TrackingTarget } from '../target.js';
import { Outbox } from './outbox.js';

export interface PendingEnd {
  readonly sent: number;
  readonly unsent: number;
  readonly problem: string | undefined;
  /** What waits for other stores, which is not looked at: URI → how many runs. */
  readonly elsewhere: Readonly<Record<string, number>>;
}

/**
 * Sends what earlier commands could not.
 *
 * @param state `.reprise/tracking`
 */
export async function sendPending(
  state: string,
  target: TrackingTarget,
  onRefused: (message: string) => void,
): Promise<PendingEnd> {
  const outbox = new Outbox({ state, uri: target.uri, store: openStore(target), onRefused });
  const before = outbox.unsent();
  let problem: string | undefined;
  try {
    await outbox.send();
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error;
    problem = error.message;
  } finally {
    outbox.close();
  }
  const unsent = outbox.unsent();
  return { sent: before - unsent, unsent, problem, elsewhere: Object.fromEntries(outbox.elsewhere()) };
}
