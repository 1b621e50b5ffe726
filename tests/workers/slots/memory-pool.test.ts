import { MemoryPool } from '../../../workers/slots/memory-pool.js';

const never = new AbortController().signal;
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('MemoryPool', () => {
  it('never has more in use than there is, serves in order, and takes back after a failure', async () => {
    const pool = new MemoryPool(10);
    const order: number[] = [];
    let used = 0;
    let most = 0;
    const stage = (bytes: number, fail = false) =>
      pool.hold(bytes, never, async () => {
        order.push(bytes);
        most = Math.max(most, (used += bytes));
        await new Promise((resolve) => setTimeout(resolve, 5));
        used -= bytes;
        if (fail) throw new Error('the stage failed');
      });
    const ends = await Promise.allSettled([stage(6, true), stage(8), stage(1), stage(2), stage(0)]);
    expect(ends.map(({ status }) => status)).toEqual([
      'rejected',
      ...Array.from({ length: 4 }, () => 'fulfilled'),
    ]);
    // What needs none waits for none; what needs much is not passed by what needs little.
    expect(order).toEqual([0, 6, 8, 1, 2]);
    expect(most).toBeLessThanOrEqual(10);
    expect(await pool.hold(10, never, async () => 'all')).toBe('all');
  });

  it('gives up a place when the stage is canceled', async () => {
    const pool = new MemoryPool(10);
    const abort = new AbortController();
    let release = (): void => undefined;
    const first = pool.hold(6, never, () => new Promise<void>((resolve) => (release = resolve)));
    const second = pool.hold(8, abort.signal, async () => 'second');
    const third = pool.hold(4, never, async () => 'third');
    await turn();
    abort.abort(new Error('canceled'));
    await expect(second).rejects.toThrow('canceled');
    // Beside the first there is room for it.
    await expect(third).resolves.toBe('third');
    release();
    await first;
    await expect(pool.hold(1, abort.signal, async () => 'late')).rejects.toThrow('canceled');
    expect(await pool.hold(10, never, async () => 'all')).toBe('all');
  });

  it('refuses more than the host has', async () => {
    await expect(new MemoryPool(2 ** 30).hold(2 ** 31, never, async () => undefined)).rejects.toMatchObject({
      code: 'too-little-memory',
      message: expect.stringContaining('needs 2.0 GiB of memory, and this host has 1.0 GiB'),
    });
  });
});
