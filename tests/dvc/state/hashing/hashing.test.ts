import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashPath, makeTree, parseTree } from '../../../../dvc/state/index.js';
import { HashCache } from '../../../../dvc/state/hashing/hash-cache.js';
import type { Md5 } from '../../../../dvc/types.js';
import { makeProject, write } from '../rig.js';

const MD5 = '0cc175b9c0f1b6a831c399e269772661' as Md5;

describe('hashPath', () => {
  it('hashes files, empty folders and folders with odd names', async () => {
    const { root, config } = makeProject({
      stages: {},
      files: { a: 'a', 'd/\uffff': 'x', 'd/😀': 'y', 'd/sub/é': 'z' },
    });
    const project = { root, config };
    expect(await hashPath(project, join(root, 'a'))).toMatchObject({
      kind: 'file',
      md5: MD5,
      size: 1,
      isexec: false,
    });
    chmodSync(join(root, 'a'), 0o755);
    expect(await hashPath(project, join(root, 'a'))).toMatchObject({ isexec: true });
    mkdirSync(join(root, 'empty/inside'), { recursive: true });
    expect(await hashPath(project, join(root, 'empty'))).toMatchObject({
      md5: 'd751713988987e9331980363e24189ce.dir',
      size: 0,
      nfiles: 0,
    });
    const folder = await hashPath(project, join(root, 'd'));
    expect(folder?.kind === 'folder' && folder.tree.entries.map(({ relpath }) => relpath)).toEqual([
      'sub/é',
      '\uffff',
      '😀',
    ]);
    expect(await hashPath(project, join(root, 'none'))).toBeUndefined();
    expect(await hashPath(project, join(root, 'a/none'))).toBeUndefined();
  });

  it('follows links to files, passes over links to folders, and refuses links to nothing', async () => {
    const project = makeProject({ stages: {}, files: { 'd/a': 'a', 'other/b': 'b' } });
    symlinkSync('a', join(project.root, 'd/link'));
    symlinkSync('../other', join(project.root, 'd/folder'));
    expect(await hashPath(project, join(project.root, 'd'))).toMatchObject({ nfiles: 2, size: 2 });
    symlinkSync('nowhere', join(project.root, 'd/broken'));
    await expect(hashPath(project, join(project.root, 'd'))).rejects.toMatchObject({ code: 'broken-link' });
  });

  it('refuses an ignore file inside a folder that it hashes', async () => {
    const project = makeProject({ stages: {}, files: { 'd/a': 'a', 'd/.dvcignore': 'x\n' } });
    await expect(hashPath(project, join(project.root, 'd'))).rejects.toMatchObject({
      code: 'ignore-in-folder',
    });
  });

  it('does not read a file again that has not changed, in this process or the next', async () => {
    const project = makeProject({ stages: {}, files: { a: 'a' } });
    const file = join(project.root, 'a');
    const old = new Date('2020-01-01T00:00:00Z');
    utimesSync(file, old, old);
    await hashPath(project, file);
    const cacheFile = join(project.root, '.reprise/hashes.jsonl');
    expect(readFileSync(cacheFile, 'utf8')).toContain(MD5);
    // The same inode, size and time: only reading could tell.
    writeFileSync(file, 'b');
    utimesSync(file, old, old);
    expect(await hashPath(project, file)).toMatchObject({ md5: MD5 });
    utimesSync(file, old, new Date('2020-01-02T00:00:00Z'));
    expect(await hashPath(project, file)).toMatchObject({ md5: '92eb5ffee6ae2fec3ad71c777531578f' });
    writeFileSync(cacheFile, readFileSync(cacheFile, 'utf8') + '["cut of');
    const { statSync } = await import('node:fs');
    expect(await new HashCache(cacheFile).get(file, statSync(file, { bigint: true }))).toBe(
      '92eb5ffee6ae2fec3ad71c777531578f',
    );
  });

  it('does not trust a hash that is as young as the file', async () => {
    const project = makeProject({ stages: {}, files: { a: 'a' } });
    const file = write(project.root, 'young', 'a');
    // However long this takes, the file is no older than its hash.
    const later = Date.now() / 1000 + 60;
    utimesSync(file, later, later);
    await hashPath(project, file);
    expect(() => readFileSync(join(project.root, '.reprise/hashes.jsonl'))).toThrow('ENOENT');
  });
});

describe('directory objects', () => {
  it('are Python’s JSON, sorted by code point', () => {
    const tree = makeTree([
      { relpath: '😀', md5: MD5 },
      { relpath: '\uffff', md5: MD5 },
    ]);
    expect(tree.bytes).toBe(
      `[{"md5": "${MD5}", "relpath": "\\uffff"}, {"md5": "${MD5}", "relpath": "\\ud83d\\ude00"}]`,
    );
    expect(parseTree(tree.bytes, 'object')).toEqual(tree.entries);
  });

  it.each([
    ['cut off', `[{"md5": "${MD5}", "relp`],
    ['not a list', '{}'],
    ['an entry of another shape', '[1]'],
    ['a bad hash', '[{"md5": "../../x", "relpath": "a"}]'],
    ['a folder as an entry', `[{"md5": "${MD5}.dir", "relpath": "a"}]`],
    ['a path upward', `[{"md5": "${MD5}", "relpath": "../../outside"}]`],
    ['a path upward further down', `[{"md5": "${MD5}", "relpath": "a/../../outside"}]`],
    ['an absolute path', `[{"md5": "${MD5}", "relpath": "/etc/passwd"}]`],
    ['an empty path', `[{"md5": "${MD5}", "relpath": ""}]`],
    ['a path twice', `[{"md5": "${MD5}", "relpath": "a"}, {"md5": "${MD5}", "relpath": "a"}]`],
  ])('that are damaged or hostile are refused: %s', (_name, text) => {
    expect(() => parseTree(text, '/cache/files/md5/ab/cd.dir')).toThrow(
      expect.objectContaining({ code: 'bad-object', at: { file: '/cache/files/md5/ab/cd.dir' } }),
    );
  });
});
