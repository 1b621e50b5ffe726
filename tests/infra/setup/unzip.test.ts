import { readFileSync, statSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { unzip } from '../../../infra/setup/unzip.mjs';
import { scratchFolder } from '../scratch.js';
import { writeZip } from '../zip-file.js';

describe('unzip', () => {
  const folder = scratchFolder();
  const archive = join(folder, 'archive.zip');
  const out = join(folder, 'out');
  const everywhere = (name: string) => join(out, name);

  it('takes out stored, deflated and empty files with their permissions, and leaves out what is not asked for', async () => {
    const long = 'libtensorflow '.repeat(200_000);
    writeZip(archive, [
      { name: 'a/deflated.txt', text: long },
      { name: 'a/stored.txt', text: 'as it is', stored: true },
      { name: 'bin/tool', text: '#!/bin/sh\n', mode: 0o755 },
      { name: 'empty', text: '', stored: true },
      { name: 'left/out.txt', text: 'no' },
    ]);
    const seen: number[] = [];
    const place = (name: string) => (name.startsWith('left/') ? undefined : everywhere(name));
    expect(await unzip(archive, place, (bytes: number) => seen.push(bytes))).toBe(4);
    expect(readFileSync(join(out, 'a/deflated.txt'), 'utf8')).toBe(long);
    expect(readFileSync(join(out, 'a/stored.txt'), 'utf8')).toBe('as it is');
    expect(readFileSync(join(out, 'empty'), 'utf8')).toBe('');
    expect(statSync(join(out, 'bin/tool')).mode & 0o100).toBe(0o100);
    expect(existsSync(join(out, 'left'))).toBe(false);
    expect(seen.at(-1)).toBe(long.length + 'as it is'.length + '#!/bin/sh\n'.length);
  });

  it('refuses an entry that points outside', async () => {
    writeZip(archive, [{ name: '../evil', text: 'x' }]);
    await expect(unzip(archive, everywhere)).rejects.toThrow('points outside');
  });

  it('notices a file shorter than the directory says, and an archive cut off', async () => {
    writeZip(archive, [{ name: 'torn', text: 'abc', claimedSize: 4 }]);
    await expect(unzip(archive, everywhere)).rejects.toThrow('torn is torn');
    writeFileSync(archive, readFileSync(archive).subarray(0, 30));
    await expect(unzip(archive, everywhere)).rejects.toThrow('not a zip archive');
  });
});
