import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { extractPackage } from '../../../finetuning/data/ingestion/extract.js';
import { tarEntries } from '../../../finetuning/data/ingestion/tarball.js';
import { tar, tarGz, type Member } from './archive.js';

const folder = (): string => mkdtempSync(join(tmpdir(), 'tarball-'));

function written(bytes: Buffer): string {
  const path = join(folder(), 'package.tgz');
  writeFileSync(path, bytes);
  return path;
}

async function contents(path: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const entry of tarEntries(path)) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry.content) chunks.push(chunk);
    found[entry.path] = Buffer.concat(chunks).toString();
  }
  return found;
}

const extract = async (members: readonly Member[], files?: readonly string[]): Promise<string> => {
  const target = join(folder(), 'inner', 'raw');
  mkdirSync(target, { recursive: true });
  await extractPackage(written(tarGz(members)), files, target, () => {});
  return target;
};

describe('reading a .tar.gz', () => {
  const long = `${'deep-folder-name/'.repeat(9)}file.txt`;
  const big = 'x'.repeat(3_000_001);

  it.each(['ustar', 'pax', 'gnu'])('agrees with what tar --format=%s packed', async (format) => {
    const source = folder();
    mkdirSync(join(source, long, '..'), { recursive: true });
    writeFileSync(join(source, long), 'long');
    writeFileSync(join(source, 'empty'), '');
    writeFileSync(join(source, 'big'), big);
    writeFileSync(join(source, 'exact'), 'y'.repeat(1024));
    const path = join(folder(), 'packed.tgz');
    execFileSync('tar', [
      '-czf',
      path,
      `--format=${format}`,
      '-C',
      source,
      'empty',
      'big',
      'exact',
      'deep-folder-name',
    ]);
    expect(await contents(path)).toEqual({ empty: '', big, exact: 'y'.repeat(1024), [long]: 'long' });
  });

  it('reads non-ASCII names that pax states', async () => {
    const source = folder();
    writeFileSync(join(source, 'naïve-名前.txt'), 'text');
    const path = join(folder(), 'packed.tgz');
    execFileSync('tar', ['-czf', path, '--format=pax', '-C', source, 'naïve-名前.txt'], {
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    expect(await contents(path)).toEqual({ 'naïve-名前.txt': 'text' });
  });

  it('goes on correctly after an entry that was not, or only half, read', async () => {
    const path = written(
      tarGz([
        { path: 'a', content: 'a'.repeat(200_000) },
        { path: 'b', content: 'b'.repeat(200_000) },
        { path: 'c', content: 'last' },
      ]),
    );
    const seen: string[] = [];
    for await (const entry of tarEntries(path)) {
      seen.push(entry.path);
      if (entry.path === 'b') for await (const chunk of entry.content) if (chunk.length > 0) break;
      if (entry.path === 'c') for await (const chunk of entry.content) seen.push(chunk.toString());
    }
    expect(seen).toEqual(['a', 'b', 'c', 'last']);
  });

  it('passes over links, devices and folders', async () => {
    const found = await contents(
      written(
        tarGz([
          { path: 'link', type: '2', link: '/etc/passwd' },
          { path: 'hard', type: '1', link: '/etc/passwd' },
          { path: 'device', type: '3' },
          { path: 'folder/', type: '5' },
          { path: 'file', content: 'ok' },
        ]),
      ),
    );
    expect(found).toEqual({ file: 'ok' });
  });

  it.each([
    ['cut in the compressed stream', () => tarGz([{ path: 'a', content: 'a'.repeat(5000) }]).subarray(0, 60)],
    ['cut in a file', () => gzipSync(tar([{ path: 'a', content: 'a'.repeat(5000) }]).subarray(0, 3000))],
    ['cut in a header', () => gzipSync(tar([{ path: 'a', content: 'a' }]).subarray(0, 300))],
    ['not gzip', () => Buffer.from('this is not an archive at all')],
    ['not tar', () => gzipSync(Buffer.alloc(2048, 'z'))],
    [
      'altered in a header',
      () => {
        const bytes = tar([{ path: 'a', content: 'a' }]);
        bytes[3] = 0x41;
        return gzipSync(bytes);
      },
    ],
  ])('refuses an archive that is %s, naming it', async (_, bytes) => {
    const path = written(bytes());
    await expect(contents(path)).rejects.toMatchObject({ code: 'bad-archive', at: { file: path } });
  });
});

describe('extracting a package', () => {
  it('takes the files asked for, without the top folder', async () => {
    const target = await extract(
      [
        { path: 'package/package.json', content: '{}' },
        { path: 'package/dict/data.noun', content: 'nouns' },
      ],
      ['dict/data.noun'],
    );
    expect(readdirSync(target)).toEqual(['dict']);
    expect(readFileSync(join(target, 'dict/data.noun'), 'utf8')).toBe('nouns');
  });

  it.each(['package/../../escaped', 'package/a/../../../escaped', 'package//escaped/../../../escaped'])(
    'refuses %s',
    async (path) => {
      const outside = folder();
      const target = join(outside, 'raw');
      mkdirSync(target);
      const archive = written(tarGz([{ path, content: 'evil' }]));
      await expect(extractPackage(archive, undefined, target, () => {})).rejects.toMatchObject({
        code: 'path-escape',
        at: { file: archive },
      });
      expect(existsSync(join(outside, 'escaped'))).toBe(false);
    },
  );

  it('names a file that the package does not have, and some that it has', async () => {
    await expect(
      extract([{ path: 'package/index.js', content: '' }], ['dict/data.noun']),
    ).rejects.toMatchObject({
      code: 'file-not-in-source',
      message: 'the package has no file dict/data.noun',
      expected: 'one of index.js',
    });
  });
});
