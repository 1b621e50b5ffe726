import { setTimeout as sleep } from 'node:timers/promises';
import type { ServingServer } from '../../finetuning/serving/index.js';
import { readProduction } from '../../promotion/index.js';
import { FINAL, isCheckedOut, productionSource } from './model-sources.js';

/** Milliseconds between two looks at production.json. */
const EVERY_MS = 2_000;

/**
 * Turns the server to each model that comes into production, until it is told to stop. A model that cannot be opened is said
 * once, and the one before goes on.
 *
 * @param current version that is served; absent: none was promoted yet
 */
export async function watchProduction(options: {
  readonly root: string;
  readonly server: ServingServer;
  readonly current: number | undefined;
  readonly stop: AbortSignal;
  readonly log: (line: string) => void;
}): Promise<void> {
  const { root, server, stop, log } = options;
  let current = options.current;
  let said: string | undefined;
  const sayOnce = (line: string): void => {
    if (line !== said) log(line);
    said = line;
  };
  while (!stop.aborted) {
    await sleep(EVERY_MS, undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) return;
    try {
      const record = await readProduction(root, FINAL);
      if (!record || record.version === current) continue;
      if (!isCheckedOut(root, record)) {
        sayOnce(
          `v${record.version} is in production, and its files are not here yet: reprise pull ${record.model.path}`,
        );
        continue;
      }
      await server.replace([await productionSource(root, record, log)]);
      current = record.version;
      log(`turned to v${record.version}`);
    } catch (error) {
      sayOnce(`the model in production cannot be served: ${(error as Error).message}`);
    }
  }
}
