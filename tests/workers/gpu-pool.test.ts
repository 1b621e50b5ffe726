import { GpuPool } from '../../workers/gpu/pool.js';
import { parseSmi, probeGpus } from '../../workers/gpu/probe.js';
import { labelQueues } from '../../workers/create-workers.js';

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
});

describe('probing', () => {
  it('reads nvidia-smi', () => {
    expect(
      parseSmi('0, NVIDIA H100 80GB HBM3, 81559, 550.54.15\n1, NVIDIA H100 80GB HBM3, 81559, 550.54.15\n'),
    ).toHaveLength(2);
    expect(
      parseSmi('NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver\n'),
    ).toEqual([]);
  });

  it('finds no device where there is no driver', async () => {
    expect(await probeGpus({ PATH: '/nowhere' })).toEqual([]);
  });
});

describe('labelQueues', () => {
  it('serves each label alone and every set of them', () => {
    expect(labelQueues(['gpu', 'a100'])).toEqual(['reprise-a100', 'reprise-gpu', 'reprise-a100-gpu']);
    expect(labelQueues([])).toEqual([]);
  });
});
