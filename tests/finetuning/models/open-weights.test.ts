import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNetwork, readWeights } from '../../../finetuning/models/read-network.js';
import { encodeSafetensors } from '../../../finetuning/models/safetensors/encode-safetensors.js';
import { SafetensorsFile } from '../../../finetuning/models/safetensors/safetensors-file.js';
import { openWeights } from '../../../finetuning/models/weights/open-weights.js';

const MODEL = 'tests/finetuning/fixtures/bert-tiny/model';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprise-open-weights-'));
  cpSync(join(MODEL, 'config.json'), join(folder, 'config.json'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Every value that the tiny model gets. */
function read(path: string): object {
  const weights = readWeights(readNetwork(MODEL, ['a', 'b', 'c']), path, 1);
  try {
    return { values: new Map(weights.values), created: weights.created, unused: weights.unused };
  } finally {
    weights.close();
  }
}

/** The tiny model in two files with an index. @returns the tensors of the second */
function shard(): readonly string[] {
  const whole = SafetensorsFile.open(join(MODEL, 'model.safetensors'));
  const half = Math.floor(whole.names.length / 2);
  const shards = [whole.names.slice(0, half), whole.names.slice(half)];
  const map: Record<string, string> = {};
  shards.forEach((names, index) => {
    const name = `model-0000${index + 1}-of-00002.safetensors`;
    for (const tensor of names) map[tensor] = name;
    const tensors = names.map(
      (tensor) => [tensor, { shape: whole.shape(tensor), data: whole.readFloat32(tensor) }] as const,
    );
    writeFileSync(join(folder, name), encodeSafetensors(Object.fromEntries(tensors)));
  });
  whole.close();
  writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
  return shards[1] as string[];
}

function index(map: unknown): void {
  writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
}

describe("a model folder's weights", () => {
  it('are the same from shards as from one file', () => {
    shard();
    const network = readNetwork(MODEL, ['a', 'b', 'c']);
    const expected = readWeights(network, MODEL, 1);
    const found = readWeights(network, folder, 1);
    expect(found).toEqual(expected);
    expect(found.created).toEqual([]);
  });

  it.each([
    ['pytorch_model.bin', undefined],
    ['shards of pytorch_model.bin', 'pytorch_model.bin.index.json'],
  ])('are the same from %s', (_what, indexName) => {
    const network = readNetwork(MODEL, ['a', 'b', 'c']);
    const weights = indexName === undefined ? 'pytorch_model.bin' : 'pytorch_model-00001-of-00001.bin';
    cpSync('tests/finetuning/fixtures/torch-files/bert-tiny.bin', join(folder, weights));
    if (indexName !== undefined) {
      const map = Object.fromEntries([...network.shapes.keys()].map((name) => [name, weights]));
      writeFileSync(join(folder, indexName), JSON.stringify({ weight_map: map }));
    }
    expect(read(folder)).toEqual(read(MODEL));
  });

  it('are taken from a file that is named, whatever else is there', () => {
    const path = join(folder, 'finetuned.pt');
    cpSync('tests/finetuning/fixtures/torch-files/bert-tiny.bin', path);
    expect(read(path)).toEqual(read(MODEL));
  });

  it('are read as safetensors where both are there', () => {
    cpSync(join(MODEL, 'model.safetensors'), join(folder, 'model.safetensors'));
    cpSync('tests/finetuning/fixtures/torch-files/malicious.pth', join(folder, 'pytorch_model.bin'));
    const source = openWeights(folder);
    expect(source.names).toHaveLength(41);
    source.close();
  });

  it('name the shard that is not there, when one of its tensors is read', () => {
    const [inSecond] = shard();
    rmSync(join(folder, 'model-00002-of-00002.safetensors'));
    const source = openWeights(folder);
    expect(() => source.readFloat32(inSecond as string)).toThrow(
      expect.objectContaining({
        code: 'file-missing',
        at: { file: join(folder, 'model-00002-of-00002.safetensors') },
      }),
    );
    source.close();
  });

  it.each([
    ['a path', { weight: '../../secret.safetensors' }],
    ['the folder above', { weight: '..' }],
    ['a number', { weight: 3 }],
    ['nothing at all', undefined],
  ])('are refused where an index points to %s', (_what, map) => {
    index(map);
    expect(() => openWeights(folder)).toThrow(
      expect.objectContaining({
        code: 'bad-weight-index',
        at: { file: join(folder, 'model.safetensors.index.json') },
      }),
    );
  });

  it('are asked for by name where there are none', () => {
    expect(() => openWeights(folder)).toThrow(
      expect.objectContaining({
        code: 'file-missing',
        expected: expect.stringContaining('pytorch_model.bin') as string,
      }),
    );
  });
});
