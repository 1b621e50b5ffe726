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
import { CheckpointFolder, type Checkpoint } from '../../../finetuning/training/checkpoint.js';
import { initialState } from '../../../finetuning/training/training-state.js';

let folder: string;
let checkpoints: CheckpointFolder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprise-checkpoint-'));
  checkpoints = new CheckpointFolder(folder, { weightsFile: 'adapter_model.safetensors' });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function at(step: number): Checkpoint {
  const tensor = (value: number): Checkpoint['weights'] => ({
    w: { shape: [2], data: Float32Array.of(value, -value) },
  });
  return {
    fingerprint: 'this one',
    state: { ...initialState(), step, lossSum: 1 / 3, history: [{ step, loss: 0.1 }] },
    weights: tensor(step),
    optimizer: tensor(step / 7),
    best: step > 1 ? tensor(-step) : undefined,
  };
}

function found(): { step: number | undefined; log: string[] } {
  const log: string[] = [];
  const step = checkpoints.newest('this one', (line) => log.push(line))?.checkpoint.state.step;
  return { step, log };
}

describe('checkpoints', () => {
  it('come back as they were', () => {
    checkpoints.save(at(5), { 'trainer_state.json': '{}\n' }, 2);
    expect(checkpoints.newest('this one', () => {})?.checkpoint).toEqual(at(5));
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
  ])('give way to the one before when a file is %s', (_name, damage) => {
    checkpoints.save(at(1), {}, 2);
    checkpoints.save(at(2), {}, 2);
    damage(join(folder, 'checkpoint-2', 'adapter_model.safetensors'));
    const { step, log } = found();
    expect(step).toBe(1);
    expect(log).toEqual([expect.stringMatching(/checkpoint-2 is damaged .*the one before it is used/)]);
  });

  it('are not taken for whole while they are written', () => {
    checkpoints.save(at(1), {}, 2);
    mkdirSync(join(folder, '.checkpoint-2.writing'));
    expect(found()).toEqual({ step: 1, log: [] });
  });

  it('of another training are left alone', () => {
    checkpoints.save(at(1), {}, 2);
    const log: string[] = [];
    expect(checkpoints.newest('another one', (line) => log.push(line))).toBeUndefined();
    expect(log[0]).toContain('other settings, model or data');
    expect(readdirSync(folder)).toEqual(['checkpoint-1']);
  });
});
