import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointOrder, type PlacedCheckpoint } from '../../../runner/checkpoints/checkpoint-order.js';
import { CheckpointStore } from '../../../runner/checkpoints/checkpoint-store.js';
import { readContents } from '../../../runner/checkpoints/contents.js';
import { openS3Store } from '../../../storage/index.js';
import { describeWithS3, startS3, type S3Server } from '../../rig/s3.js';

const KEY = 'a'.repeat(64);

const save = (folder: string, name: string, state = `state of ${name}`): string => {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'state'), state);
  return path;
};

describeWithS3('the checkpoints of a bucket', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3();
  });
  afterAll(() => server.stop());

  const pushed = async (): Promise<{ store: CheckpointStore; objects: string }> => {
    const bucket = server.makeBucket();
    const store = new CheckpointStore(await openS3Store(server.options(bucket)), KEY, 2);
    const here = mkdtempSync(join(tmpdir(), 'reprise-checkpoints-'));
    for (const step of [1, 2]) {
      const path = save(here, `step-${step}`, `state of step ${step}`);
      await store.push(
        path,
        await readContents({ name: `step-${step}`, path, step, sequence: step, modified: step * 1000 }),
      );
    }
    return { store, objects: join(server.folder(bucket), 'reprise/checkpoints', KEY, 'files') };
  };
  const objectOf = (objects: string, content: string): string =>
    readdirSync(objects)
      .map((name) => join(objects, name))
      .find((file) => readFileSync(file, 'utf8') === content) as string;

  it('are gone on from at the newest', async () => {
    const { store } = await pushed();
    const folder = mkdtempSync(join(tmpdir(), 'reprise-restored-'));
    expect(await store.restore(await CheckpointOrder.open(folder))).toBe('step-2');
    expect(readFileSync(join(folder, 'step-2', 'state'), 'utf8')).toBe('state of step 2');
    // What is here is as far.
    expect(await store.restore(await CheckpointOrder.open(folder))).toBeUndefined();
  });

  it('are gone on from where a newer build says more of them', async () => {
    const { store, objects } = await pushed();
    const lists = join(objects, '..');
    const named = readdirSync(lists).filter((name) => name.endsWith('.json'));
    expect(named).toHaveLength(2);
    for (const name of named) {
      const list = JSON.parse(readFileSync(join(lists, name), 'utf8')) as { files: object[] };
      const files = list.files.map((file) => ({ ...file, mode: 0o644 }));
      await store.store.put(
        `reprise/checkpoints/${KEY}/${name}`,
        Buffer.from(JSON.stringify({ ...list, files, optimizer: { kind: 'muon' } })),
      );
    }
    const folder = mkdtempSync(join(tmpdir(), 'reprise-restored-'));
    expect(await store.restore(await CheckpointOrder.open(folder))).toBe('step-2');
    // This build counts them, too: the furthest two are kept, with the files that are theirs.
    const path = save(folder, 'step-3');
    const third = { name: 'step-3', path, step: 3, sequence: 3, modified: 3000 };
    await store.push(path, await readContents(third));
    expect(readdirSync(objects)).toHaveLength(2);
  });

  it.each([
    [
      'damaged',
      (file: string) => {
        chmodSync(file, 0o644);
        writeFileSync(file, 'state of step 0');
      },
    ],
    ['missing', (file: string) => rmSync(file)],
  ])('are gone on from at the one before where a file of the newest is %s', async (_, spoil) => {
    const { store, objects } = await pushed();
    spoil(objectOf(objects, 'state of step 2'));
    const folder = mkdtempSync(join(tmpdir(), 'reprise-restored-'));
    const order = await CheckpointOrder.open(folder);
    expect(await store.restore(order)).toBe('step-1');
    expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toEqual(['step-1']);
    // What comes of it is the furthest, also where the damaged one had more steps: else nobody would go on from it.
    save(folder, 'step-1b');
    const next = await order.look(1);
    expect(next).toMatchObject({ name: 'step-1b', step: 2, sequence: 3 });
    await store.push(join(folder, 'step-1b'), await readContents(next as PlacedCheckpoint));
    const other = mkdtempSync(join(tmpdir(), 'reprise-restored-'));
    expect(await store.restore(await CheckpointOrder.open(other))).toBe('step-1b');
  });
});
