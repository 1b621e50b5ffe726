import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { loadFinetuningConfig } from '../../../configs/index.js';
import { finetune, type FinetuneResult } from '../../../finetuning/index.js';
import { SafetensorsFile } from '../../../finetuning/models/safetensors/safetensors-file.js';
import { tinyPictureProject } from './tiny-pictures.js';

jest.setTimeout(300_000);

const projects: string[] = [];
async function project(config: object = {}): Promise<string> {
  const root = await tinyPictureProject(config);
  projects.push(root);
  return root;
}
afterAll(() => {
  for (const root of projects) rmSync(root, { recursive: true, force: true });
});

/** @param until the step after which it is asked to end */
async function trained(root: string, until = Infinity): Promise<FinetuneResult> {
  const abort = new AbortController();
  return finetune({
    config: loadFinetuningConfig(root),
    trainFile: join(root, 'data/finetuning/train.jsonl'),
    valFile: join(root, 'data/finetuning/val.jsonl'),
    outputDir: join(root, 'models/checkpoints'),
    checkpoints: { under: join(root, '.reprise/checkpoints') },
    modelDir: join(root, 'model'),
    onEvent(event) {
      if (event.kind === 'step' && event.step >= until) abort.abort();
    },
    signal: abort.signal,
  });
}

const best = (root: string, name: string): Buffer =>
  readFileSync(join(root, 'models/checkpoints/best_model', name));

describe('a training on pictures', () => {
  it('learns, resumes to the same bytes, and saves running statistics with their counts', async () => {
    const [whole, parted] = [await project(), await project()];
    const result = await trained(whole);
    expect(result).toMatchObject({ status: 'finished', steps: 16, resumedFrom: 0 });
    expect(result.best?.accuracy).toBeGreaterThan(0.5);
    expect(await trained(parted, 5)).toMatchObject({ status: 'interrupted', steps: 5 });
    expect(await trained(parted, 13)).toMatchObject({ status: 'interrupted', resumedFrom: 5, steps: 13 });
    expect(await trained(parted)).toMatchObject({ status: 'finished', resumedFrom: 13 });
    for (const name of ['model.safetensors', 'config.json', 'labels.json', 'preprocessor_config.json'])
      expect(best(parted, name).equals(best(whole, name))).toBe(true);

    const norm = 'resnet.embedder.embedder.normalization';
    const path = join(whole, 'models/checkpoints/best_model/model.safetensors');
    const [after, before] = [
      SafetensorsFile.open(path),
      SafetensorsFile.open(join(whole, 'model/model.safetensors')),
    ];
    expect([...after.names].sort()).toEqual([...before.names].sort());
    expect(after.readFloat32(`${norm}.running_mean`)).not.toEqual(before.readFloat32(`${norm}.running_mean`));
    expect([...after.readFloat32(`${norm}.num_batches_tracked`)]).toEqual([result.best?.step]);
    for (const file of [after, before]) file.close();
  });

  it('names the line of a picture that is broken', async () => {
    const root = await project();
    const torn = join(root, 'data/raw/4.png');
    truncateSync(torn, 200);
    await expect(trained(root)).rejects.toMatchObject({
      code: 'bad-image',
      at: { file: join(root, 'data/finetuning/train.jsonl'), line: 5 },
    });
    writeFileSync(torn, 'no picture');
    await expect(trained(root)).rejects.toMatchObject({
      code: 'bad-image',
      at: { file: join(root, 'data/finetuning/train.jsonl'), line: 5 },
    });
  });

  it('takes no picture from outside of the project', async () => {
    const root = await project();
    const file = join(root, 'data/finetuning/train.jsonl');
    writeFileSync(file, '{"id": "1", "image": "../../../other/1.png", "label": "disc"}\n');
    await expect(trained(root)).rejects.toMatchObject({ code: 'path-outside', at: { file, line: 1 } });
  });
});
