import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { home, hub, MODEL, resolve, weights } from './hub-home.js';

describe('a folder', () => {
  it('is taken as it is', async () => {
    mkdirSync(join(home, 'mine'));
    cpSync(MODEL, join(home, 'mine'), { recursive: true });
    await expect(resolve('mine')).rejects.toMatchObject({
      code: 'bad-model-folder',
      message: 'mine is not a model: it has no tokenizer.json',
    });
    cpSync('tests/finetuning/fixtures/tokenizer-tiny', join(home, 'mine'), { recursive: true });
    expect(await resolve('mine')).toBe(join(home, 'mine'));
    expect(hub.requests).toEqual([]);
  });

  it('may have its weights in shards, all of them', async () => {
    cpSync(MODEL, join(home, 'mine'), { recursive: true });
    cpSync('tests/finetuning/fixtures/tokenizer-tiny', join(home, 'mine'), { recursive: true });
    rmSync(join(home, 'mine/model.safetensors'));
    const map = { a: 'one.safetensors', b: 'two.safetensors' };
    writeFileSync(join(home, 'mine/model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
    writeFileSync(join(home, 'mine/one.safetensors'), weights);
    await expect(resolve('mine')).rejects.toMatchObject({
      message: 'mine is not a model: it has no two.safetensors',
    });
  });

  it('that is not there is not asked for on the hub', async () => {
    await expect(resolve('./models/mine')).rejects.toMatchObject({
      code: 'bad-model-folder',
      message: 'there is no ./models/mine',
    });
    await expect(resolve('weights.pth')).rejects.toMatchObject({ code: 'bad-model-folder' });
    expect(hub.requests).toEqual([]);
  });
});
