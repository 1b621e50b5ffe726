import type { Worker } from '@temporalio/worker';

type Running = Pick<Worker, 'run' | 'shutdown' | 'getState'>;

/**
 * Polls with all of them until one ends, which ends the others. It returns when all have: what runs in them still saves its checkpoint
 * when one has failed, and whoever takes their place must not begin before.
 *
 * @throws what the first of them failed with
 */
export async function runTogether(workers: readonly Running[]): Promise<void> {
  let failure: { readonly reason: unknown } | undefined;
  const run = async (worker: Running): Promise<void> => {
    try {
      await worker.run();
    } catch (reason) {
      failure ??= { reason };
    } finally {
      endAll(workers);
    }
  };
  await Promise.all(workers.map(run));
  if (failure) throw failure.reason;
}

/** Takes no more work, and ends what runs. */
export function endAll(workers: readonly Running[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}
