import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointOrder } from '../../../runner/checkpoints/checkpoint-order.js';
import { CheckpointStore } from '../../../runner/checkpoints/checkpoint-store.js';
import { readContents } from '../../../runner/checkpoints/contents.js';
import { LocalStore } from '../../../storage/index.js';

const MINUTE = 60_000;

/** A host whose clock is off by so many milliseconds, and one attempt after the other on it. */
class ClockedHost {
  readonly folder = mkdtempSync(join(tmpdir(), 'reprise-host-'));
  #order: CheckpointOrder | undefined;

  constructor(
    readonly store: CheckpointStore,
    public offset: number,
  ) {}

  /** @returns the name of what was brought from the bucket */
  async begin(): Promise<string | undefined> {
    this.#order = await CheckpointOrder.open(this.folder);
    return await this.store.restore(this.#order);
  }

  save(name: string, at = Date.now()): void {
    const beside = join(this.folder, '.new');
    mkdirSync(beside);
    writeFileSync(join(beside, 'state'), name);
    const time = new Date(at + this.offset);
    utimesSync(beside, time, time);
    rmSync(join(this.folder, name), { recursive: true, force: true });
    renameSync(beside, join(this.folder, name));
  }

  /** As a running command is watched. */
  async look(step?: number): Promise<string | undefined> {
    const furthest = await this.#order?.look(step);
    if (furthest) await this.store.push(furthest.path, await readContents(furthest));
    return furthest?.name;
  }
}

describe('checkpoints of hosts whose clocks differ', () => {
  const bucket = (): CheckpointStore =>
    new CheckpointStore(new LocalStore(mkdtempSync(join(tmpdir(), 'reprise-bucket-'))), 'b'.repeat(64), 2);

  it.each([
    ['ahead', 10 * MINUTE],
    ['behind', -10 * MINUTE],
  ])('are gone on from at the one with the most steps when the first host is %s', async (_, offset) => {
    const store = bucket();
    const [first, second] = [new ClockedHost(store, offset), new ClockedHost(store, 0)];
    expect(await first.begin()).toBeUndefined();
    first.save('step-10');
    expect(await first.look(10)).toBe('step-10');
    expect(await second.begin()).toBe('step-10');
    second.save('step-20');
    // Its own, and not the one whose time is in the future.
    expect(await second.look(20)).toBe('step-20');
    second.save('step-30');
    expect(await second.look(30)).toBe('step-30');
    // The first host is back, with what it has: a later time, and fewer steps.
    expect(await first.begin()).toBe('step-30');
    first.save('step-40');
    expect(await first.look(40)).toBe('step-40');
    expect(await second.begin()).toBe('step-40');
    expect(await second.begin()).toBeUndefined();
  });

  it('are compared by steps where two attempts began from the same, each without the other', async () => {
    const store = bucket();
    const [ahead, far] = [new ClockedHost(store, 30 * MINUTE), new ClockedHost(store, 0)];
    await Promise.all([ahead.begin(), far.begin()]);
    far.save('step-50');
    await far.look(50);
    for (const step of [5, 10, 15]) {
      ahead.save(`step-${step}`);
      await ahead.look(step);
    }
    expect(await ahead.begin()).toBe('step-50');
    expect(await new ClockedHost(store, 0).begin()).toBe('step-50');
  });

  it('go by how many came before where the command reports no step', async () => {
    const store = bucket();
    const [first, second] = [new ClockedHost(store, 10 * MINUTE), new ClockedHost(store, 0)];
    await first.begin();
    first.save('latest');
    await first.look();
    expect(await second.begin()).toBe('latest');
    second.save('latest');
    await second.look();
    expect(await first.begin()).toBe('latest');
    expect(await second.begin()).toBeUndefined();
  });

  it('are the furthest of this host also when its clock was set back meanwhile', async () => {
    const host = new ClockedHost(bucket(), 0);
    await host.begin();
    host.save('step-1');
    expect(await host.look(1)).toBe('step-1');
    host.offset = -5 * MINUTE;
    host.save('step-2');
    expect(await host.look(2)).toBe('step-2');
    // A restart of the worker does not forget it.
    expect(await host.begin()).toBeUndefined();
    expect(await host.look()).toBe('step-2');
  });

  it('count what a killed worker did not see as its last', async () => {
    const store = bucket();
    const host = new ClockedHost(store, 0);
    await host.begin();
    host.save('step-1');
    await host.look(1);
    host.save('step-2', Date.now() + 1000);
    expect(await host.begin()).toBeUndefined();
    expect(await host.look()).toBe('step-2');
  });
});
