import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ObjectMissingError, type ObjectInfo, type ObjectStore } from '../../storage/index.js';

/** What every store must do. `open` gives an empty one. */
export function describeStore(name: string, open: () => Promise<ObjectStore>): void {
  describe(name, () => {
    let store: ObjectStore;
    beforeEach(async () => {
      store = await open();
    });

    const read = async (key: string) => (await buffer(await store.get(key))).toString('utf8');
    const list = async (prefix: string) => {
      const found: ObjectInfo[] = [];
      // A store may tell more of an object than all must.
      for await (const { key, size } of store.list(prefix)) found.push({ key, size });
      return found.sort((a, b) => (a.key < b.key ? -1 : 1));
    };

    it('gives back what was put', async () => {
      await store.put('files/md5/ab/cdef', Buffer.from('bytes'));
      expect(await read('files/md5/ab/cdef')).toBe('bytes');
      expect(await store.head('files/md5/ab/cdef')).toMatchObject({ key: 'files/md5/ab/cdef', size: 5 });
    });

    it('lets one of those that would make an object at once make it', async () => {
      const names = Array.from({ length: 8 }, (_, index) => `writer ${index}`);
      const made = await Promise.all(names.map((name) => store.putIfAbsent('turns/1', Buffer.from(name))));
      expect(made.filter(Boolean)).toHaveLength(1);
      expect(await read('turns/1')).toBe(names[made.indexOf(true)]);
      expect(await store.putIfAbsent('turns/1', Buffer.from('late'))).toBe(false);
      await store.delete('turns/1');
      expect(await store.putIfAbsent('turns/1', Buffer.from('late'))).toBe(true);
    });

    it('streams a file of more than one piece', async () => {
      const file = join(mkdtempSync(join(tmpdir(), 'reprise-store-')), 'large');
      const bytes = Buffer.alloc((6 << 20) + 3, 'reprise');
      writeFileSync(file, bytes);
      await store.put('large', { file });
      expect((await buffer(await store.get('large'))).equals(bytes)).toBe(true);
    });

    it('keeps an object of no bytes', async () => {
      await store.put('empty', Buffer.alloc(0));
      expect(await store.head('empty')).toMatchObject({ key: 'empty', size: 0 });
      expect(await read('empty')).toBe('');
    });

    it('says that an object is missing', async () => {
      expect(await store.head('none')).toBeUndefined();
      await expect(store.get('none')).rejects.toThrow(ObjectMissingError);
      await expect(store.get('none')).rejects.toMatchObject({ code: 'object-missing', key: 'none' });
    });

    it('is not mistaken by what is only the beginning of a key', async () => {
      await store.put('a/b/c', Buffer.from('x'));
      expect(await store.head('a/b')).toBeUndefined();
      await expect(store.get('a')).rejects.toThrow(ObjectMissingError);
    });

    it('replaces an object whole', async () => {
      await store.put('key', Buffer.from('a longer first text'));
      await store.put('key', Buffer.from('second'));
      expect(await read('key')).toBe('second');
    });

    it('never shows half of an object to a reader while others write', async () => {
      const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(300_000));
      await store.put('busy', Buffer.from(texts[0] as string));
      const writes = texts.map((text) => store.put('busy', Buffer.from(text)));
      const reads = await Promise.all(Array.from({ length: 8 }, () => read('busy')));
      await Promise.all(writes);
      for (const text of [...reads, await read('busy')]) expect(texts.includes(text)).toBe(true);
      expect((await list('')).map(({ key }) => key)).toEqual(['busy']);
    });

    it('lists by prefix, which may end inside a name', async () => {
      for (const key of ['runs/ab/1', 'runs/ab/2', 'runs/ac/3', 'files/x', 'run'])
        await store.put(key, Buffer.from(key));
      expect(await list('runs/ab/')).toEqual([
        { key: 'runs/ab/1', size: 9 },
        { key: 'runs/ab/2', size: 9 },
      ]);
      expect((await list('runs/a')).map(({ key }) => key)).toEqual(['runs/ab/1', 'runs/ab/2', 'runs/ac/3']);
      expect((await list('run')).length).toBe(4);
      expect((await list('')).length).toBe(5);
      expect(await list('nowhere/')).toEqual([]);
    });

    it('keeps keys with spaces and other letters apart', async () => {
      for (const key of ['a b/é 😀', 'a b/e', 'A b/e', 'a%20b/e']) await store.put(key, Buffer.from(key));
      for (const key of ['a b/é 😀', 'a b/e', 'A b/e', 'a%20b/e']) expect(await read(key)).toBe(key);
    });

    it('deletes, also what is not there', async () => {
      await store.put('gone', Buffer.from('x'));
      await store.delete('gone');
      await store.delete('gone');
      expect(await store.head('gone')).toBeUndefined();
      expect(await list('')).toEqual([]);
    });

    it.each(['', '/etc/passwd', '../outside', 'a/../../b', 'a//b', 'a/.', 'nul\0', 'a\\..\\b'])(
      'refuses the key %j',
      async (key) => {
        await expect(store.put(key, Buffer.from('x'))).rejects.toThrow('bad object key');
        await expect(store.head(key)).rejects.toThrow('bad object key');
        await expect(store.get(key)).rejects.toThrow('bad object key');
        await expect(store.delete(key)).rejects.toThrow('bad object key');
      },
    );
  });
}
