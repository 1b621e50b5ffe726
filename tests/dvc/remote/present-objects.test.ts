import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Md5 } from '../../../dvc/index.js';
import { objectKey } from '../../../dvc/remote/object-key.js';
import { presentObjects } from '../../../dvc/remote/present-objects.js';
import { LocalStore, type ObjectInfo } from '../../../storage/index.js';

/** A folder that says it lists so many objects in one request, and counts what it is asked. */
class CountingStore extends LocalStore {
  heads = 0;
  readonly listed: string[] = [];

  constructor(readonly pageSize: number) {
    super(mkdtempSync(join(tmpdir(), 'reprise-store-')));
  }

  override head(key: string): Promise<ObjectInfo | undefined> {
    this.heads++;
    return super.head(key);
  }

  override async *list(prefix: string): AsyncIterable<ObjectInfo> {
    this.listed.push(prefix);
    const before = this.heads;
    try {
      yield* super.list(prefix);
    } finally {
      // Its own, to learn the sizes.
      this.heads = before;
    }
  }
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex') as Md5;
const hashes = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => md5(String(from + index)));

async function storeWith(objects: readonly Md5[], pageSize: number): Promise<CountingStore> {
  const store = new CountingStore(pageSize);
  for (const object of objects) await store.put(objectKey(object), Buffer.from('x'));
  store.heads = 0;
  return store;
}

describe('which objects a store has', () => {
  const there = hashes(0, 600);
  const wanted = hashes(400, 800);
  const expected = new Set(hashes(400, 600));
  const options = { hashName: 'md5', jobs: 4 } as const;

  it('is asked one by one when there are few', async () => {
    const store = await storeWith(there, 1000);
    expect(await presentObjects(store, hashes(590, 610), options)).toEqual(new Set(hashes(590, 600)));
    expect([store.heads, store.listed.length]).toEqual([20, 0]);
  });

  it('is read from one listing when the store is small', async () => {
    const store = await storeWith(there, 1000);
    expect(await presentObjects(store, wanted, options)).toEqual(expected);
    expect(store.heads).toBe(0);
    expect(store.listed.at(-1)).toBe('files/md5/');
  });

  it('is read folder by folder, side by side, when the listing would be long', async () => {
    const store = await storeWith(there, 8);
    expect(await presentObjects(store, wanted, options)).toEqual(expected);
    expect(store.heads).toBe(0);
    expect(store.listed.length).toBeGreaterThan(100);
  });

  it('is asked one by one when every listing would be long', async () => {
    const store = await storeWith(there, 1);
    const some = hashes(560, 640);
    expect(await presentObjects(store, some, options)).toEqual(new Set(hashes(560, 600)));
    expect(store.heads).toBe(some.length);
  });

  it('is found for what DVC 2.x stored, too, beside everything else', async () => {
    const store = await storeWith([], 1000);
    for (const object of hashes(0, 100)) await store.put(objectKey(object, 'md5-dos2unix'), Buffer.from('x'));
    const legacy = { hashName: 'md5-dos2unix', jobs: 4 } as const;
    expect(await presentObjects(store, hashes(50, 150), legacy)).toEqual(new Set(hashes(50, 100)));
    expect(store.listed).not.toContain('');
  });
});
