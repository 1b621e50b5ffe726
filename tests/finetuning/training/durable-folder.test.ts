import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFolder } from '../../../finetuning/training/durable-folder.js';

describe('writeFolder', () => {
  let parent: string;
  let folder: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'reprise-durable-'));
    folder = join(parent, 'model');
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  it('replaces a folder as a whole', () => {
    writeFolder(folder, { 'a.txt': 'one', 'deep/b.bin': Uint8Array.of(1, 2) });
    writeFolder(folder, { 'c.txt': 'two' });
    expect(readdirSync(folder)).toEqual(['c.txt']);
    expect(readdirSync(parent)).toEqual(['model']);
  });

  it('leaves what was there, and nothing else, when writing fails', () => {
    writeFolder(folder, { 'a.txt': 'one' });
    // A file cannot be a folder as well.
    expect(() => writeFolder(folder, { 'a.txt': 'two', 'a.txt/b': 'three' })).toThrow(/EEXIST|ENOTDIR/);
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('one');
    expect(readdirSync(parent)).toEqual(['model']);
  });
});
