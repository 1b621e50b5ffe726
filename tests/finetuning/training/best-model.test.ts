import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BestModel } from '../../../finetuning/training/best-model.js';
import type { Tensors } from '../../../finetuning/training/weight-files.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'reprise-best-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const model = (value: number): Tensors => ({
  v: { shape: [1, 2], data: Float32Array.of(value, 0.1) },
  w: { shape: [3], data: Float32Array.of(value, -value, 1 / 3) },
});

describe('the best model so far', () => {
  it('is none before one was kept, and then the last that was', () => {
    const best = new BestModel(folder);
    expect([best.file, best.weights]).toEqual([undefined, undefined]);
    best.keep(model(1));
    best.keep(model(2));
    expect(best.weights).toEqual(model(2));
    const { path, sha256 } = best.file as NonNullable<typeof best.file>;
    expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(sha256);
  });

  it('holds no values: each is asked for once when it is written, and read when it is looked at', () => {
    const asked: string[] = [];
    const counted = Object.fromEntries(
      Object.entries(model(1)).map(([name, { shape, data }]) => [
        name,
        {
          shape,
          get data() {
            asked.push(name);
            return data;
          },
        },
      ]),
    );
    const best = new BestModel(folder);
    best.keep(counted);
    expect(asked).toEqual(['v', 'w']);
    const { weights } = best;
    best.keep(model(7));
    expect(weights?.w?.data).toEqual(Float32Array.of(7, -7, 1 / 3));
    expect(asked).toHaveLength(2);
  });

  it('stays when the checkpoint that it was taken over from is removed', () => {
    const before = new BestModel(join(folder, 'of-the-checkpoint'));
    before.keep(model(3));
    const path = join(folder, 'best.safetensors');
    const { path: written, sha256 } = before.file as NonNullable<typeof before.file>;
    renameSync(written, path);
    const best = new BestModel(folder);
    best.takeOver({ path, sha256 });
    rmSync(path);
    expect(best.weights).toEqual(model(3));
    expect(best.file?.sha256).toBe(sha256);
  });
});
