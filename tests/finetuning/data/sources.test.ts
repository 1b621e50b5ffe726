import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IngestionConfig } from '../../../configs/index.js';
import { ingest, type IngestOptions } from '../../../finetuning/data/index.js';
import { openS3Store } from '../../../storage/index.js';
import { describeWithS3, startS3, type S3Server } from '../../rig/s3.js';
import { HubServer } from '../models/pretrained/hub-server.js';
import { projectWith } from './widened.js';

const rows = Buffer.from(`text,label\n${'a text of some length,good\n'.repeat(3000)}`);
const integrityOf = (bytes: Buffer): string =>
  `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

let root: string;
let cache: string;
beforeEach(() => {
  root = projectWith({}, '.');
  cache = mkdtempSync(join(tmpdir(), 'sources-'));
});
afterEach(() => {
  for (const folder of [root, cache]) rmSync(folder, { recursive: true, force: true });
});
const lines: string[] = [];
const run = (config: IngestionConfig, more: Partial<IngestOptions> = {}) =>
  ingest({ root, config, cache, log: (line) => lines.push(line), ...more });
const raw = (...path: string[]): string => join(root, 'data/raw', ...path);

describe('over the network', () => {
  let hub: HubServer;
  let env: Record<string, string>;
  let url: string;
  beforeEach(async () => {
    hub = new HubServer();
    const files = {
      'data/train-00000.csv': rows,
      'data/small.csv': Buffer.from('text,label\na,b\n'),
      'README.md': Buffer.from('about'),
      'dataset_infos.json': Buffer.from('{}'),
    };
    hub.repositories.set('some/data', { files, commit: COMMIT });
    const endpoint = await hub.start();
    env = { HF_ENDPOINT: endpoint, HF_HOME: join(cache, 'hf') };
    // Its redirects, ranges and broken transfers are those of any file server.
    url = `${endpoint}/datasets/some/data/resolve/main/data/train-00000.csv`;
    lines.length = 0;
  });
  afterEach(() => hub.stop());

  it('a URL is fetched once, checked, and gone on with where a transfer broke', async () => {
    hub.breaks.set('data/train-00000.csv', [10_000, 5_000]);
    const config = { source: url, integrity: integrityOf(rows) };
    expect((await run(config)).provenance.files).toEqual([
      {
        path: 'train-00000.csv',
        bytes: rows.length,
        sha256: createHash('sha256').update(rows).digest('hex'),
      },
    ]);
    expect(readFileSync(raw('train-00000.csv'))).toEqual(rows);
    expect(lines.filter((line) => line.includes('going on from byte'))).not.toEqual([]);
    rmSync(raw(), { recursive: true });
    await hub.stop();
    expect((await run(config)).changed).toBe(true);
    expect((await run(config)).changed).toBe(false);
  });

  it('a URL is refused without what it was pinned to', async () => {
    await expect(run({ source: url })).rejects.toMatchObject({
      code: 'integrity-missing',
      found: integrityOf(rows),
    });
    const other = integrityOf(Buffer.from('other'));
    await expect(run({ source: url, integrity: other })).rejects.toMatchObject({
      code: 'integrity-mismatch',
    });
    expect(existsSync(raw())).toBe(false);
    await expect(run({ source: `${url}x`, integrity: other })).rejects.toMatchObject({
      code: 'download-failed',
      found: expect.stringContaining('404') as string,
    });
  });

  it('a data set on the hub brings its rows, by the commit that it is pinned to', async () => {
    const source = `hf:some/data@${COMMIT}`;
    const { provenance } = await run({ source }, { env });
    expect(provenance.files.map(({ path }) => path)).toEqual(['data/small.csv', 'data/train-00000.csv']);
    expect(readFileSync(raw('data/train-00000.csv'))).toEqual(rows);
    const snapshot = join(cache, 'hf/hub/datasets--some--data/snapshots', COMMIT, 'data/small.csv');
    expect(readFileSync(snapshot, 'utf8')).toContain('a,b');
    await hub.stop();
    expect((await run({ source }, { env })).changed).toBe(false);
  });

  it('a data set on the hub that is not there, or has no such file, is a clear error', async () => {
    await expect(run({ source: 'hf:some/other' }, { env })).rejects.toMatchObject({
      code: 'dataset-unavailable',
      fix: expect.stringContaining('name') as string,
    });
    await expect(run({ source: 'hf:some/data', files: ['*.parquet'] }, { env })).rejects.toMatchObject({
      code: 'file-not-in-source',
    });
    hub.forged.set('data/train-00000.csv', Buffer.from(rows.toString().replace('good', 'evil')));
    await expect(run({ source: 'hf:some/data' }, { env })).rejects.toMatchObject({
      code: 'dataset-unavailable',
      message: expect.stringContaining('sha256') as string,
    });
    expect(existsSync(raw())).toBe(false);
  });
});

describe('a pattern', () => {
  it('brings the files that it names', async () => {
    const mine = projectWith({ 'a/1.csv': 'a', 'a/2.tsv': 'b', 'b/c/3.csv': 'c', 'notes.txt': 'd' }, '.');
    const taken = async (source: string): Promise<string[]> => {
      rmSync(join(root, 'data'), { recursive: true, force: true });
      return (await run({ source })).provenance.files.map(({ path }) => path);
    };
    expect(await taken(`path:${mine}/**/*.csv`)).toEqual(['a/1.csv', 'b/c/3.csv']);
    expect(await taken(`path:${mine}/a/*.{csv,tsv}`)).toEqual(['1.csv', '2.tsv']);
    expect(await taken(`path:${mine}/*.txt`)).toEqual(['notes.txt']);
    await expect(run({ source: `path:${mine}/*.parquet` })).rejects.toMatchObject({
      code: 'file-not-in-source',
    });
  });
});

describeWithS3('a bucket', () => {
  let s3: S3Server;
  beforeAll(async () => {
    s3 = await startS3();
  });
  afterAll(() => s3.stop());

  it('brings an object, or those under a prefix, each once', async () => {
    const bucket = s3.makeBucket();
    const store = await openS3Store(s3.options(bucket));
    for (const [key, bytes] of [
      ['data/a/1.csv', rows],
      ['data/2.csv', rows.subarray(0, 99)],
      ['data/2.csv.old', rows],
      ['database', rows],
    ] as const)
      await store.put(key, bytes);
    const openBucket = async (name: string) => openS3Store(s3.options(name));
    const { provenance } = await run({ source: `s3://${bucket}/data/`, files: ['**/*.csv'] }, { openBucket });
    expect(provenance.files.map(({ path, bytes }) => [path, bytes])).toEqual([
      ['2.csv', 99],
      ['a/1.csv', rows.length],
    ]);
    expect((await run({ source: `s3://${bucket}/data/`, files: ['**/*.csv'] }, { openBucket })).changed).toBe(
      false,
    );
    const gets = s3.requests().filter(({ operation }) => operation === 'GetObject');
    expect(gets.map(({ key }) => key).sort()).toEqual(['data/2.csv', 'data/a/1.csv']);
    await store.put('data/2.csv', Buffer.from('new'));
    expect((await run({ source: `s3://${bucket}/data/2.csv` }, { openBucket })).changed).toBe(true);
    expect(readdirSync(raw())).toEqual(['2.csv', 'provenance.json']);
    expect(readFileSync(raw('2.csv'), 'utf8')).toBe('new');
    await expect(run({ source: `s3://${bucket}/nothing/` }, { openBucket })).rejects.toMatchObject({
      code: 'source-missing',
    });
  });
});
