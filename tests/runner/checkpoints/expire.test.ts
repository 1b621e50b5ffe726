import { existsSync, mkdirSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointOrder } from '../../../runner/checkpoints/checkpoint-order.js';
import { readContents } from '../../../runner/checkpoints/contents.js';
import { openCheckpoints } from '../../../runner/checkpoints/local-checkpoints.js';
import { CheckpointStore, Turn, expireCheckpoints, expireLocalCheckpoints } from '../../../runner/index.js';
import { LocalStore } from '../../../storage/index.js';

const DAY = 24 * 3600;
const [HELD, LEFT, NEW] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [string, string, string];
const folder = (): string => mkdtempSync(join(tmpdir(), 'reprise-expire-'));

it('removes the checkpoints that nobody came for, and never those that somebody works on', async () => {
  const store = new LocalStore(folder());
  const root = folder();
  const folders = new Map<string, string>();
  const [now, old] = [Date.now(), Date.now() - 40 * DAY * 1000];
  for (const [key, modified] of [
    [HELD, old],
    [LEFT, old],
    [NEW, now],
  ] as const) {
    const kept = await openCheckpoints(root, key);
    folders.set(key, kept);
    const path = join(kept, 'step-1');
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'state'), key);
    const place = { name: 'step-1', path, step: 1, sequence: 1, modified };
    await new CheckpointStore(store, key, 2).push(path, await readContents(place));
    utimesSync(kept, modified / 1000, modified / 1000);
  }
  // Its host's clock was set, or is years behind.
  const turn = await Turn.take(store, HELD, 'run-1/train');
  const held = await Turn.keys(store);
  expect([...held]).toEqual([HELD]);
  await expireLocalCheckpoints(root, 30 * DAY, held);
  await expireCheckpoints(store, 30 * DAY, held);
  await turn?.end();
  const isInStore = async (key: string): Promise<boolean> =>
    (await new CheckpointStore(store, key, 2).restore(await CheckpointOrder.open(folder()))) !== undefined;
  for (const [key, stays] of [
    [HELD, true],
    [LEFT, false],
    [NEW, true],
  ] as const) {
    expect([key, existsSync(folders.get(key) as string)]).toEqual([key, stays]);
    expect([key, await isInStore(key)]).toEqual([key, stays]);
  }
});
