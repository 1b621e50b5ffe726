import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ingest, type IngestOptions } from '../../../finetuning/data/index.js';
import type { IngestionConfig } from '../../../configs/index.js';
import { tarGz } from './archive.js';

const integrityOf = (bytes: Buffer): string =>
  `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
const tarball = tarGz([
  { path: 'package/package.json', content: JSON.stringify({ name: 'tiny-data', version: '1.0.0' }) },
  { path: 'package/rows.csv', content: 'text,label\nhello,a\n' },
]);

/** A registry of one package, so that the real npm client is run without a network. */
class Registry {
  downloads = 0;
  bytes = tarball;
  readonly #server: Server = createServer((request, response) => {
    const base = `http://127.0.0.1:${this.port}`;
    if (request.url === '/tiny-data')
      response.setHeader('content-type', 'application/json').end(
        JSON.stringify({
          name: 'tiny-data',
          'dist-tags': { latest: '1.0.0' },
          versions: {
            '1.0.0': {
              name: 'tiny-data',
              version: '1.0.0',
              dist: { tarball: `${base}/tiny-data/-/tiny-data-1.0.0.tgz` },
            },
          },
        }),
      );
    else if (request.url === '/tiny-data/-/tiny-data-1.0.0.tgz') {
      this.downloads++;
      response.end(this.bytes);
    } else response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}');
  });

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

let root: string;
let cache: string;
let registry: Registry;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ingest-'));
  cache = mkdtempSync(join(tmpdir(), 'ingest-cache-'));
  registry = new Registry();
  await registry.listen();
  writeFileSync(
    join(root, '.npmrc'),
    `registry=http://127.0.0.1:${registry.port}/\ncache=${cache}/npm\nfetch-retries=0\n`,
  );
});
afterEach(() => {
  registry.close();
  rmSync(root, { recursive: true });
  rmSync(cache, { recursive: true });
});

/** npm reads its settings from the project's .npmrc alone: those of the npm that runs the tests would win over it. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
const run = (config: IngestionConfig, more: Partial<IngestOptions> = {}) =>
  ingest({ root, config, cache, env, ...more });
const npm = { source: 'npm:tiny-data@1.0.0', integrity: integrityOf(tarball), files: ['rows.csv'] };
const raw = (...path: string[]): string => join(root, 'data', 'raw', ...path);

describe('an npm source', () => {
  it('is brought by the npm client, with where it came from and no times or paths of this machine', async () => {
    expect((await run(npm)).changed).toBe(true);
    expect(readFileSync(raw('rows.csv'), 'utf8')).toBe('text,label\nhello,a\n');
    const provenance = readFileSync(raw('provenance.json'), 'utf8');
    expect(JSON.parse(provenance)).toEqual({
      source: npm.source,
      integrity: npm.integrity,
      selection: ['rows.csv'],
      files: [
        {
          path: 'rows.csv',
          bytes: 19,
          sha256: createHash('sha256').update('text,label\nhello,a\n').digest('hex'),
        },
      ],
    });
    expect(provenance).not.toContain(root);
    expect(readdirSync(join(root, 'data'))).toEqual(['raw']);
  });

  it('needs no network once it is in the cache, and gives the same bytes', async () => {
    await run(npm);
    const first = readFileSync(raw('provenance.json'));
    rmSync(raw(), { recursive: true });
    registry.close();
    rmSync(join(cache, 'npm'), { recursive: true });
    expect((await run(npm)).changed).toBe(true);
    expect(readFileSync(raw('provenance.json'))).toEqual(first);
    expect(registry.downloads).toBe(1);
  });

  it('is left alone where it is there already', async () => {
    await run(npm);
    expect((await run(npm)).changed).toBe(false);
  });

  it('is fetched again where the cached copy is torn', async () => {
    await run(npm);
    rmSync(raw(), { recursive: true });
    writeFileSync(join(cache, 'sources', 'npm', 'tiny-data@1.0.0.tgz'), tarball.subarray(0, 50));
    rmSync(join(cache, 'npm'), { recursive: true });
    await run(npm);
    expect(readFileSync(raw('rows.csv'), 'utf8')).toContain('hello');
    expect(registry.downloads).toBe(2);
  });

  it('is refused where it is not what was pinned, and nothing is left behind', async () => {
    registry.bytes = tarGz([{ path: 'package/rows.csv', content: 'evil' }]);
    await expect(run(npm)).rejects.toMatchObject({
      code: 'integrity-mismatch',
      expected: npm.integrity,
      found: integrityOf(registry.bytes),
    });
    expect(existsSync(raw())).toBe(false);
    expect(readdirSync(join(root, 'data'))).toEqual([]);
    expect(readdirSync(join(cache, 'sources', 'npm'))).toEqual([]);
  });

  it('must be pinned, and the error says what to pin', async () => {
    const { integrity: _, ...unpinned } = npm;
    await expect(run(unpinned)).rejects.toMatchObject({
      code: 'integrity-missing',
      found: integrityOf(tarball),
      fix: expect.stringContaining(`integrity: ${integrityOf(tarball)}`) as string,
    });
  });

  it('that the registry does not have is a clear error', async () => {
    await expect(run({ ...npm, source: 'npm:no-such-data@1.0.0' })).rejects.toMatchObject({
      code: 'download-failed',
      message: 'npm could not fetch no-such-data@1.0.0',
      found: expect.stringContaining('404') as string,
    });
  });

  it('cannot be fetched without a network, and the error names the reason', async () => {
    registry.close();
    await expect(run(npm)).rejects.toMatchObject({
      code: 'download-failed',
      found: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it('needs npm on the PATH', async () => {
    const path = mkdtempSync(join(tmpdir(), 'no-npm-'));
    await expect(run(npm, { env: { ...env, PATH: path } })).rejects.toMatchObject({ code: 'npm-missing' });
  });
});

describe('a path source', () => {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };

  it('copies a file', async () => {
    write('mine/rows.csv', 'text,label\n');
    const { provenance } = await run({ source: 'path:mine/rows.csv' });
    expect(provenance.files.map(({ path }) => path)).toEqual(['rows.csv']);
    expect(readFileSync(raw('rows.csv'), 'utf8')).toBe('text,label\n');
  });

  it('copies the .jsonl and .csv files of a folder, and leaves the rest', async () => {
    write('mine/a.csv', 'a');
    write('mine/sub/b.jsonl', '{}');
    write('mine/notes.txt', 'no');
    const { provenance } = await run({ source: 'path:mine' });
    expect(provenance.files.map(({ path }) => path)).toEqual(['a.csv', 'sub/b.jsonl']);
  });

  it('brings a source that has changed, and the copy is not a link to it', async () => {
    write('mine.csv', 'one');
    await run({ source: 'path:mine.csv' });
    expect((await run({ source: 'path:mine.csv' })).changed).toBe(false);
    write('mine.csv', 'two');
    expect(readFileSync(raw('mine.csv'), 'utf8')).toBe('one');
    expect((await run({ source: 'path:mine.csv' })).changed).toBe(true);
    expect(readFileSync(raw('mine.csv'), 'utf8')).toBe('two');
  });

  it.each([
    ['path:nowhere.csv', undefined, 'source-missing'],
    ['path:folder', undefined, 'file-not-in-source'],
    ['path:folder', ['absent.csv'], 'file-not-in-source'],
  ])('%s with files %p is %s', async (source, files, code) => {
    write('folder/readme.txt', '');
    await expect(run({ source, ...(files ? { files } : {}) })).rejects.toMatchObject({ code });
    expect(existsSync(raw())).toBe(false);
  });

  it('is checked against its integrity, if it has one', async () => {
    write('mine.csv', 'one');
    await run({ source: 'path:mine.csv', integrity: integrityOf(Buffer.from('one')) });
    rmSync(raw(), { recursive: true });
    await expect(
      run({ source: 'path:mine.csv', integrity: integrityOf(Buffer.from('two')) }),
    ).rejects.toMatchObject({ code: 'integrity-mismatch' });
  });
});

describe('what stands in data/raw', () => {
  it('is never overwritten where it is not ours', async () => {
    mkdirSync(raw(), { recursive: true });
    writeFileSync(raw('precious.csv'), 'keep me');
    await expect(run(npm)).rejects.toMatchObject({
      code: 'raw-data-present',
      message: expect.stringContaining('precious.csv') as string,
    });
    expect(readFileSync(raw('precious.csv'), 'utf8')).toBe('keep me');
    await run(npm, { force: true });
    expect(existsSync(raw('precious.csv'))).toBe(false);
  });

  it('is not overwritten where it was altered since', async () => {
    await run(npm);
    chmodSync(raw('rows.csv'), 0o644);
    writeFileSync(raw('rows.csv'), 'my corrections');
    await expect(run(npm)).rejects.toMatchObject({
      code: 'raw-data-present',
      message: 'data/raw was changed since it was brought here: rows.csv',
    });
    expect(readFileSync(raw('rows.csv'), 'utf8')).toBe('my corrections');
  });

  it('makes way for another source where it is unaltered', async () => {
    await run(npm);
    writeFileSync(join(root, 'mine.csv'), 'other');
    expect((await run({ source: 'path:mine.csv' })).changed).toBe(true);
    expect(readdirSync(raw()).sort()).toEqual(['mine.csv', 'provenance.json']);
  });

  it('stays where the new source cannot be brought', async () => {
    await run(npm);
    await expect(run({ source: 'path:nowhere' })).rejects.toMatchObject({ code: 'source-missing' });
    expect(readFileSync(raw('rows.csv'), 'utf8')).toContain('hello');
  });

  describe('after a process was killed', () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid;

    it('is freed of what it left half done', async () => {
      await run(npm);
      for (const name of [`raw.partial-${dead}`, `raw.aside-${dead}`])
        mkdirSync(join(root, 'data', name, 'inner'), { recursive: true });
      mkdirSync(join(root, 'data', `raw.partial-${process.ppid}`));
      writeFileSync(join(root, 'data', 'raw.partial-notes'), 'not ours');
      await run(npm);
      expect(readdirSync(join(root, 'data')).sort()).toEqual([
        'raw',
        `raw.partial-${process.ppid}`,
        'raw.partial-notes',
      ]);
    });

    it('gets back what it had put aside', async () => {
      mkdirSync(join(root, 'data', `raw.aside-${dead}`), { recursive: true });
      writeFileSync(join(root, 'data', `raw.aside-${dead}`, 'precious.csv'), 'keep me');
      await expect(run(npm)).rejects.toMatchObject({ code: 'raw-data-present' });
      expect(readFileSync(raw('precious.csv'), 'utf8')).toBe('keep me');
    });
  });
});
