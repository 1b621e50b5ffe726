import { Batcher } from '../../../../finetuning/serving/queue/batcher.js';

/** A batcher whose batches end when the test says so. */
function controlled(options: { maxBatch?: number; maxQueue?: number; maxWaitMs?: number } = {}) {
  const batches: number[][] = [];
  const ends: (() => void)[] = [];
  const batcher = new Batcher<number>({
    maxBatch: 3,
    maxQueue: 5,
    maxWaitMs: 0,
    ...options,
    run: (batch) => {
      batches.push([...batch]);
      return new Promise((resolve) => ends.push(resolve));
    },
  });
  const end = async (): Promise<void> => {
    ends.shift()?.();
    // The next begins after the promise of this one.
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { batcher, batches, end };
}

describe('a queue of requests', () => {
  it('gathers what comes while a batch is computed, in order', async () => {
    const { batcher, batches, end } = controlled();
    for (const one of [1, 2, 3, 4, 5]) batcher.add([one]);
    expect(batches).toEqual([[1]]);
    await end();
    expect(batches).toEqual([[1], [2, 3, 4]]);
    await end();
    expect(batches).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('refuses what there is no room for, whole, and goes on', async () => {
    const { batcher, batches, end } = controlled();
    batcher.add([0]);
    batcher.add([1, 2, 3]);
    expect(() => batcher.add([4, 5, 6])).toThrow(expect.objectContaining({ code: 'queue-full' }));
    batcher.add([7, 8]);
    expect(batcher.waiting).toBe(5);
    await end();
    await end();
    expect(batches).toEqual([[0], [1, 2, 3], [7, 8]]);
  });

  it('lets go of what nobody waits for, and not of what has begun', async () => {
    const { batcher, batches, end } = controlled();
    batcher.add([1]);
    batcher.add([2, 3]);
    expect(batcher.remove(1)).toBe(false);
    expect(batcher.remove(2)).toBe(true);
    await end();
    expect(batches).toEqual([[1], [3]]);
  });

  it('waits for others, and not when the batch is full', async () => {
    const { batcher, batches } = controlled({ maxWaitMs: 100_000 });
    batcher.add([1]);
    batcher.add([2]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(batches).toEqual([]);
    batcher.add([3]);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it('begins when it has waited long enough', async () => {
    const { batcher, batches } = controlled({ maxWaitMs: 5 });
    batcher.add([1]);
    while (batches.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(batches).toEqual([[1]]);
  });
});
