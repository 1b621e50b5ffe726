import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Turn } from '../../../runner/index.js';
import { LocalStore } from '../../../storage/index.js';

const KEY = 'c'.repeat(64);
const OWNER = 'run-1/train';

describe('the turn of an attempt', () => {
  const store = (): LocalStore => new LocalStore(mkdtempSync(join(tmpdir(), 'reprise-turns-')));
  const numbers = async (place: LocalStore): Promise<string[]> => {
    const found: string[] = [];
    for await (const { key } of place.list('reprise/turns/')) found.push(key.slice(key.lastIndexOf('-') + 1));
    return found.sort();
  };
  const taken = async (place: LocalStore, owner = OWNER): Promise<Turn> =>
    (await Turn.take(place, KEY, owner)) as Turn;

  it('is its own while nobody else has come, and keeps others out', async () => {
    const place = store();
    const turn = await taken(place);
    expect(await turn.isPassedOn()).toBe(false);
    expect(await Turn.take(place, KEY, 'run-2/train')).toBeUndefined();
    await turn.end();
    expect(await numbers(place)).toEqual([]);
  });

  it('has passed on to the next attempt of the same stage, also when that one is over', async () => {
    const place = store();
    const late = await taken(place);
    const next = await taken(place);
    // It looks every five seconds.
    await new Promise((resolve) => late.passedOn.addEventListener('abort', resolve, { once: true }));
    expect(await late.isPassedOn()).toBe(true);
    expect(await next.isPassedOn()).toBe(false);
    expect(next.passedOn.aborted).toBe(false);
    await next.end();
    expect(await numbers(place)).toEqual([]);
    expect(await late.isPassedOn()).toBe(true);
    await late.end();
  });

  it('takes nothing of a later stage with it when it ends', async () => {
    const place = store();
    const late = await taken(place);
    await (await taken(place)).end();
    expect(await late.isPassedOn()).toBe(true);
    const other = await taken(place, 'run-2/train');
    await late.end();
    expect(await numbers(place)).toEqual(['1']);
    expect(await other.isPassedOn()).toBe(false);
    await other.end();
  });
});
