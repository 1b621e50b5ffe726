import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
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

  it('says so when it cannot be written to', async () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    const denied = { code: 'remote-denied', fix: expect.stringContaining('folder') as string };
    await expect(new LocalStore(file).put('a', Buffer.from('x'))).rejects.toMatchObject(denied);
    await expect(new LocalStore(join(file, 'in')).put('a/b', Buffer.from('x'))).rejects.toMatchObject(denied);
  });

  it('leaves nothing behind when the source cannot be read', async () => {
    const store = new LocalStore(folder());
    await expect(store.put('a', { file: '/nowhere/to/be/found' })).rejects.toThrow('ENOENT');
    expect(readdirSync(store.name)).toEqual([]);
  });
});
