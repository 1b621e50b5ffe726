import { setTimeout as sleep } from 'node:timers/promises';
import { runTogether } from '../../workers/run-together.js';

/** Ends by itself or when it is shut down, `draining` milliseconds later; `failure`: in the other way. */
function worker(options: { readonly ends?: number; readonly draining?: number; readonly failure?: Error }) {
  const down = new AbortController();
  let state: 'RUNNING' | 'STOPPED' = 'RUNNING';
  return {
    getState: () => state,
    shutdown: () => down.abort(),
    async run(): Promise<void> {
      await sleep(options.ends ?? 60_000, undefined, { signal: down.signal }).catch(() => undefined);
      await sleep(options.draining ?? 0);
      state = 'STOPPED';
      if (options.failure) throw options.failure;
    },
  };
}

it('a worker that fails ends the others, and is told of when they have ended', async () => {
  const failure = new Error('the connection is gone');
  const others = [worker({ draining: 150 }), worker({ draining: 20 })];
  await expect(runTogether([worker({ ends: 10, failure }), ...others])).rejects.toBe(failure);
  expect(others.map((other) => other.getState())).toEqual(['STOPPED', 'STOPPED']);
});

it('of several failures the first is told', async () => {
  const [first, later] = [new Error('first'), new Error('later')];
  await expect(
    runTogether([worker({ draining: 50, failure: later }), worker({ ends: 5, failure: first })]),
  ).rejects.toBe(first);
});

it('one that is shut down ends the others without a failure', async () => {
  await runTogether([worker({ ends: 5 }), worker({ draining: 10 })]);
});
