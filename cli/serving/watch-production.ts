import { setTimeout as sleep } from 'node:timers/promises';
import type { Turn } from './production-turner.js';

/** Milliseconds between two looks at production.json. */
const EVERY_MS = 2_000;

/**
 * Turns the server to each model that comes into production, until it is told to stop. A model that cannot be opened is said
 * once, and the one before goes on.
 */
export async function watchProduction(options: {
  readonly turn: () => Promise<Turn>;
  readonly stop: AbortSignal;
  readonly log: (line: string) => void;
}): Promise<void> {
  const { turn, stop, log } = options;
  let said: string | undefined;
  const sayOnce = (line: string): void => {
    if (line !== said) log(line);
    said = line;
  };
  while (!stop.aborted) {
    await sleep(EVERY_MS, undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) return;
    try {
      const came = await turn();
      if (came.outcome === 'not-here') {
        const { version, model } = came.record;
        sayOnce(`v${version} is in production, and its files are not here yet: reprise pull ${model.path}`);
      }
    } catch (error) {
      sayOnce(`the model in production cannot be served: ${(error as Error).message}`);
    }
  }
}
