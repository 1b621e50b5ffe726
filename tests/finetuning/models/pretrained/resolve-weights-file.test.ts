import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNetwork, readWeights } from '../../../../finetuning/models/read-network.js';
import { home, MODEL, read, resolve, TORCH } from './hub-home.js';

describe('a file of weights', () => {
  const TINY = 'tests/finetuning/fixtures/torchvision-resnet/tiny.pth';

  it('of torchvision is a model by itself', async () => {
    cpSync(TINY, join(home, 'resnet18-tiny.pth'));
    const folder = await resolve('resnet18-tiny.pth');
    expect(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))).toMatchObject({
      model_type: 'resnet',
      layer_type: 'basic',
      embedding_size: 4,
      depths: [1, 1, 1, 1],
      hidden_sizes: [4, 6, 8, 10],
    });
    expect(JSON.parse(readFileSync(join(folder, 'preprocessor_config.json'), 'utf8'))).toMatchObject({
      size: { shortest_edge: 224 },
    });
    expect(readFileSync(join(folder, 'pytorch_model.bin'))).toEqual(readFileSync(TINY));
    const network = readNetwork(folder, ['a', 'b', 'c', 'd', 'e']);
    const weights = readWeights(network, folder, 1);
    expect(weights).toMatchObject({ created: [], unused: [] });
    expect(weights.values.names).toHaveLength(network.shapes.size + network.buffers.size);
    weights.close();
    expect(await resolve('resnet18-tiny.pth')).toBe(folder);
    // Another file under this name is another model.
    cpSync(TINY, join(home, 'other.pth'));
    cpSync(join(home, 'other.pth'), join(home, 'resnet18-tiny.pth'));
    writeFileSync(join(home, 'resnet18-tiny.pth'), Buffer.concat([readFileSync(TINY)]));
    expect(await resolve('resnet18-tiny.pth')).not.toBe(folder);
  });

  it('is found by its name where torchvision fetched it to', async () => {
    const checkpoints = join(home, 'torch/hub/checkpoints');
    mkdirSync(checkpoints, { recursive: true });
    cpSync(TINY, join(checkpoints, 'resnet18-f37072fd.pth'));
    expect(readFileSync(join(await resolve('resnet18-f37072fd.pth'), 'pytorch_model.bin'))).toEqual(
      readFileSync(TINY),
    );
  });

  it('is a model with what lies beside it', async () => {
    cpSync(join(TORCH, 'bert-tiny.bin'), join(home, 'mine.pt'));
    await expect(resolve('mine.pt')).rejects.toMatchObject({
      code: 'bad-model-folder',
      message: 'mine.pt has weights, and nothing says of what model',
      found: expect.stringContaining('bert.embeddings') as string,
    });
    cpSync(join(MODEL, 'config.json'), join(home, 'config.json'));
    await expect(resolve('mine.pt')).rejects.toMatchObject({
      message: 'mine.pt is not a model: it has no tokenizer.json',
    });
    cpSync('tests/finetuning/fixtures/tokenizer-tiny', home, { recursive: true });
    expect(read(await resolve('mine.pt'))).toEqual(read(MODEL));
  });

  it('that asks for more than tensors is refused', async () => {
    cpSync(join(TORCH, 'malicious.pth'), join(home, 'evil.pth'));
    await expect(resolve('evil.pth')).rejects.toMatchObject({
      code: 'unsafe-pickle',
      at: { file: 'evil.pth' },
      found: 'posix.system',
    });
  });
});
