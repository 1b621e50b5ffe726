import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 as sha256OfFile } from '../../../finetuning/data/ingestion/digest.js';
import { BestModel } from '../../../finetuning/training/best-model.js';
import { CheckpointFolder, type Checkpoint } from '../../../finetuning/training/checkpoint.js';
import { initialState } from '../../../finetuning/training/training-state.js';

let folder: string;
let beside: string;
let checkpoints: CheckpointFolder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprise-checkpoint-'));
  beside = mkdtempSync(join(tmpdir(), 'reprise-best-'));
  checkpoints = new CheckpointFolder(folder, { weightsFile: 'adapter_model.safetensors' });
});
afterEach(() => {
  for (const path of [folder, beside]) rmSync(path, { recursive: true, force: true });
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function at(step: number): Checkpoint {
  const tensor = (value: number): Checkpoint['weights'] => ({
    w: { shape: [2], data: Float32Array.of(value, -value) },
  });
  const best = new BestModel(beside);
  if (step > 1) best.keep(tensor(-step));
  return {
    fingerprint: 'this one',
    state: { ...initialState(), step, lossSum: 1 / 3, history: [{ step, loss: 0.1 }] },
    weights: tensor(step),
    optimizer: tensor(step / 7),
    best: best.file,
  };
}

async function found(): Promise<{ step: number | undefined; log: string[] }> {
  const log: string[] = [];
  const newest = await checkpoints.newest('this one', (line) => log.push(line));
  return { step: newest?.checkpoint.state.step, log };
}

describe('checkpoints', () => {
  it('come back as they were', async () => {
    const saved = at(5);
    checkpoints.save(saved, { 'trainer_state.json': '{}\n' }, 2);
    const best = { path: join(folder, 'checkpoint-5', 'best.safetensors'), sha256: saved.best?.sha256 };
    const newest = await checkpoints.newest('this one', () => {});
    expect(newest?.checkpoint).toEqual({ ...saved, best });
    expect(sha256(readFileSync(best.path))).toBe(best.sha256);
    expect(readdirSync(join(folder, 'checkpoint-5')).sort()).toEqual([
      'adapter_model.safetensors',
      'best.safetensors',
      'manifest.json',
      'optimizer.safetensors',
      'trainer_state.json',
      'training_state.json',
    ]);
  });

  it('are kept to a number, the oldest going first', () => {
    for (const step of [1, 2, 9, 10]) checkpoints.save(at(step), {}, 2);
    expect(readdirSync(folder).sort()).toEqual(['checkpoint-10', 'checkpoint-9']);
  });

  it.each([1, 2])('stay when others’ are further, and %d are kept', async (keep) => {
    for (const step of [90, 100]) checkpoints.save({ ...at(step), fingerprint: 'another one' }, {}, 2);
    for (const step of [1, 2, 3]) {
      checkpoints.save(at(step), {}, keep);
      expect(await found()).toMatchObject({ step });
    }
    const own = [2, 3].slice(-keep).map((step) => `checkpoint-${step}`);
    expect(readdirSync(folder).sort()).toEqual(['checkpoint-100', ...own, 'checkpoint-90']);
  });

  it('have the same digest whenever they say the same', () => {
    const first = checkpoints.save(at(3), {}, 2).digest;
    expect(checkpoints.save(at(3), {}, 2).digest).toBe(first);
    expect(checkpoints.save(at(4), {}, 2).digest).not.toBe(first);
  });

  it.each([
    [
      'altered',
      (path: string) => {
        const bytes = readFileSync(path);
        bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
        writeFileSync(path, bytes);
      },
    ],
    ['cut short', (path: string) => truncateSync(path, 10)],
    ['missing', (path: string) => rmSync(path)],
  ])('give way to the one before when a file is %s', async (_name, damage) => {
    for (const [file, of, before] of [
      ['adapter_model.safetensors', 2, 1],
      ['best.safetensors', 4, 3],
    ] as const) {
      checkpoints.save(at(before), {}, 2);
      checkpoints.save(at(of), {}, 2);
      damage(join(folder, `checkpoint-${of}`, file));
      const { step, log } = await found();
      expect(step).toBe(before);
      expect(log).toEqual([
        expect.stringMatching(RegExp(`checkpoint-${of} is damaged .*the one before it is used`)),
      ]);
    }
  });

  it('may have files that are larger than node reads at once', async () => {
    checkpoints.save(at(3), {}, 2);
    const path = join(folder, 'checkpoint-3');
    const large = join(path, 'optimizer.safetensors');
    // Zeros that take no room: 2 GiB and a header.
    const values = 2 ** 29 + 1;
    const header = JSON.stringify({ m: { dtype: 'F32', shape: [values], data_offsets: [0, 4 * values] } });
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    writeFileSync(large, Buffer.concat([length, Buffer.from(header)]));
    truncateSync(large, 8 + header.length + 4 * values);
    const manifest = join(path, 'manifest.json');
    const { sha256: digests } = JSON.parse(readFileSync(manifest, 'utf8')) as { sha256: object };
    const digest = await sha256OfFile(large);
    writeFileSync(manifest, JSON.stringify({ sha256: { ...digests, 'optimizer.safetensors': digest } }));
    expect(await found()).toEqual({ step: 3, log: [] });
  }, 60_000);

  it('are not taken for whole while they are written', async () => {
    checkpoints.save(at(1), {}, 2);
    mkdirSync(join(folder, '.checkpoint-2.writing'));
    expect(await found()).toEqual({ step: 1, log: [] });
  });

  it('of another training are left alone', async () => {
    checkpoints.save(at(1), {}, 2);
    const log: string[] = [];
    expect(await checkpoints.newest('another one', (line) => log.push(line))).toBeUndefined();
    expect(log[0]).toContain('other settings, model or data');
    expect(readdirSync(folder)).toEqual(['checkpoint-1']);
  });
});
