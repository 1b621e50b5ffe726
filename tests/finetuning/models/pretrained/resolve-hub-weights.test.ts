import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { asked, MODEL, offer, read, resolve, text, TORCH, weights } from './hub-home.js';

describe('weights on the hub', () => {
  it('are taken as PyTorch wrote them where there are no others', async () => {
    const bin = readFileSync(join(TORCH, 'bert-tiny.bin'));
    offer('some/model', { ...text, 'pytorch_model.bin': bin });
    expect(read(await resolve('some/model'))).toEqual(read(MODEL));
  });

  it('come in shards, and only in those that the index names', async () => {
    const map = { a: 'model-1.safetensors', b: 'model-2.safetensors', c: 'model-1.safetensors' };
    const files = {
      ...text,
      'model.safetensors.index.json': Buffer.from(JSON.stringify({ weight_map: map })),
      'model-1.safetensors': weights,
      'model-2.safetensors': Buffer.from('two'),
    };
    offer('some/model', { ...files, 'model-3.safetensors': weights });
    expect(readdirSync(await resolve('some/model')).sort()).toEqual(Object.keys(files).sort());
    const { 'model-2.safetensors': _, ...less } = files;
    offer('other/model', less);
    await expect(resolve('other/model')).rejects.toMatchObject({
      code: 'model-unavailable',
      message: expect.stringContaining('has no model-2.safetensors') as string,
    });
  });

  it.each([
    ['no weights', { ...text, 'tf_model.h5': weights }, /no weights in a known format/],
    ['no configuration', { 'model.safetensors': weights }, /no config\.json/],
    ['no tokenizer', { 'config.json': text['config.json'], 'model.safetensors': weights }, /no tokenizer\.json/], // prettier-ignore
  ])('are not fetched where there is %s', async (_what, files, message) => {
    offer('some/model', files);
    await expect(resolve('some/model')).rejects.toMatchObject({
      code: 'model-unavailable',
      message: expect.stringMatching(message) as string,
    });
    expect(asked('model.safetensors')).toEqual([]);
  });
});
