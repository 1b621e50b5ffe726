import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalStore } from '../../storage/index.js';
import { describeStore } from './conformance.js';

const folder = () => mkdtempSync(join(tmpdir(), 'reprise-store-'));

describeStore('LocalStore', () => Promise.resolve(new LocalStore(folder())));

describe('LocalStore on its own', () => {
  it('is empty where there is no folder yet, and makes it', async () => {
    const store = new LocalStore(join(folder(), 'new', 'remote'));
    for await (const info of store.list('')) throw new Error(`found ${info.key}`);
    await store.put('a', Buffer.from('x'));
    expect(await store.head('a')).toEqual({ key: 'a', size: 1 });
  });

  it('leaves nothing behind when the source cannot be read', async () => {
    const store = new LocalStore(folder());
    await expect(store.put('a', { file: '/nowhere/to/be/found' })).rejects.toThrow('ENOENT');
    expect(readdirSync(store.name)).toEqual([]);
  });
});
