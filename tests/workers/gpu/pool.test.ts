import { GpuPool } from '../../../workers/gpu/pool.js';

const never = new AbortController().signal;

describe('GpuPool', () => {
  it('never lends a device twice, and lends it again after a failure', async () => {
    const pool = new GpuPool([0, 1, 2]);
    const held = new Set<number>();
    let most = 0;
    const stage = (count: number, fail: boolean) =>
      pool.hold(count, never, async (devices) => {
        expect(devices).toHaveLength(count);
        for (const device of devices) {
          expect(held.has(device)).toBe(false);
          held.add(device);
        }
        most = Math.max(most, held.size);
        await new Promise((resolve) => setTimeout(resolve, 5));
        for (const device of devices) held.delete(device);
        if (fail) throw new Error('the stage failed');
      });
    const ends = await Promise.allSettled([1, 2, 1, 3, 1, 1, 2].map((count, i) => stage(count, i % 2 === 0)));
    expect(
      ends.filter((end) => end.status === 'rejected').map((end) => (end.reason as Error).message),
    ).toEqual(Array.from({ length: 4 }, () => 'the stage failed'));
    expect(most).toBe(3);
    await pool.hold(3, never, async (devices) => expect(devices).toEqual([0, 1, 2]));
  });

  it('gives up a place in the queue when the stage is canceled', async () => {
    const pool = new GpuPool([0]);
    const abort = new AbortController();
    let release = (): void => undefined;
    const first = pool.hold(1, never, () => new Promise<void>((resolve) => (release = resolve)));
    const second = pool.hold(1, abort.signal, async () => 'second');
    const third = pool.hold(1, never, async () => 'third');
    abort.abort(new Error('canceled'));
    await expect(second).rejects.toThrow('canceled');
    release();
    await first;
    await expect(third).resolves.toBe('third');
  });

  it('refuses more than the host has', async () => {
    await expect(new GpuPool([0]).hold(2, never, async () => undefined)).rejects.toMatchObject({
      code: 'too-few-gpus',
    });
  });

  it('lends a device to as many stages as it has shares, the emptiest first, and never twice to one', async () => {
    const pool = new GpuPool([0, 1], 2);
    const given: (readonly number[])[] = [];
    const releases: (() => void)[] = [];
    const stage = (count: number) =>
      pool.hold(count, never, async (devices) => {
        given.push(devices);
        await new Promise<void>((resolve) => releases.push(resolve));
      });
    const stages = [stage(1), stage(2), stage(1), stage(1)];
    await new Promise((resolve) => setImmediate(resolve));
    expect(given).toEqual([[0], [0, 1], [1]]);
    expect(pool.leased).toEqual([0, 1]);
    expect(pool.surplus).toBe(1);
    releases[0]?.();
    await stages[0];
    await new Promise((resolve) => setImmediate(resolve));
    expect(given.at(-1)).toEqual([0]);
    for (const release of releases) release();
    await Promise.all(stages);
    expect([pool.leased, pool.surplus]).toEqual([[], 0]);
  });

  it('lends no device that has failed until it is back, and keeps nobody waiting for it', async () => {
    const pool = new GpuPool([0, 1]);
    let release = (): void => undefined;
    const first = pool.hold(1, never, () => new Promise<void>((resolve) => (release = resolve)));
    const both = pool.hold(2, never, async () => 'both');
    pool.setWorking([1]);
    await expect(both).rejects.toMatchObject({ code: 'gpu-lost', transient: true });
    await expect(pool.hold(2, never, async () => 'both')).rejects.toMatchObject({ code: 'gpu-lost' });
    release();
    await first;
    await pool.hold(1, never, async (devices) => expect(devices).toEqual([1]));
    pool.setWorking([0, 1]);
    await pool.hold(2, never, async (devices) => expect(devices).toEqual([0, 1]));
  });

  it('refuses a stage that was canceled before it came', async () => {
    const abort = new AbortController();
    abort.abort(new Error('canceled'));
    const pool = new GpuPool([0]);
    await expect(pool.hold(1, abort.signal, async () => 'ran')).rejects.toThrow('canceled');
    await expect(pool.hold(1, never, async () => 'ran')).resolves.toBe('ran');
  });
});
