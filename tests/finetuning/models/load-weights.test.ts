import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNetwork, readWeights } from '../../../finetuning/models/read-network.js';
import {
  encodeSafetensors,
  type NamedTensor,
} from '../../../finetuning/models/safetensors/encode-safetensors.js';
import { SafetensorsFile } from '../../../finetuning/models/safetensors/safetensors-file.js';

const MODEL = 'tests/finetuning/fixtures/bert-tiny/model';
const network = readNetwork(MODEL, ['a', 'b', 'c']);
const source = SafetensorsFile.open(join(MODEL, 'model.safetensors'));
const stored: Readonly<Record<string, NamedTensor>> = Object.fromEntries(
  source.names.map((name) => [name, { shape: source.shape(name), data: source.readFloat32(name) }]),
);
afterAll(() => source.close());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprise-weights-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The tiny model's file with other names, or without some. */
function file(rename: (name: string) => string | undefined): string {
  const tensors = Object.entries(stored).flatMap(([name, tensor]) => {
    const other = rename(name);
    return other === undefined ? [] : [[other, tensor] as const];
  });
  const path = join(folder, 'model.safetensors');
  writeFileSync(path, encodeSafetensors(Object.fromEntries(tensors)));
  return path;
}

describe('the weights of a BERT', () => {
  it('are found under the names of an encoder alone, and under old names of norms', () => {
    const path = file((name) =>
      name
        .replace(/^bert\./, '')
        .replace('LayerNorm.weight', 'LayerNorm.gamma')
        .replace('LayerNorm.bias', 'LayerNorm.beta'),
    );
    const { values, created, unused } = readWeights(network, path, 1);
    expect({ created, unused }).toEqual({ created: [], unused: [] });
    for (const [name, { data }] of Object.entries(stored)) expect(values.get(name)).toEqual(data);
  });

  it('get a new head where there is none, the same for the same seed', () => {
    const path = file((name) => (name.startsWith('classifier') ? undefined : name));
    const { values, created } = readWeights(network, path, 7);
    expect(created).toEqual(['classifier.weight', 'classifier.bias']);
    expect(values.get('classifier.bias')).toEqual(new Float32Array(3));
    expect(readWeights(network, path, 7).values.get('classifier.weight')).toEqual(
      values.get('classifier.weight'),
    );
    expect(readWeights(network, path, 8).values.get('classifier.weight')).not.toEqual(
      values.get('classifier.weight'),
    );
  });

  it('get a new head where it is for another number of labels', () => {
    const five = readNetwork(MODEL, ['a', 'b', 'c', 'd', 'e']);
    const { values, created } = readWeights(five, MODEL, 7);
    expect(created).toEqual(['classifier.weight', 'classifier.bias']);
    expect(values.get('classifier.weight')).toHaveLength(5 * 16);
  });

  it('are named where they are missing, and where they are of no use', () => {
    expect(() =>
      readWeights(
        network,
        file((name) => (name.includes('layer.1.output') ? undefined : name)),
        1,
      ),
    ).toThrow(
      expect.objectContaining({
        code: 'missing-weights',
        message: expect.stringMatching(/^\d+ of the model's 41 weights are not in the file/) as string,
        expected: expect.stringContaining('bert.encoder.layer.1.output.dense.weight') as string,
        found: 'no others in their place',
      }),
    );
    expect(() =>
      readWeights(
        network,
        file((name) => name.replace('layer.1.output', 'layer.1.exit')),
        1,
      ),
    ).toThrow(
      expect.objectContaining({
        code: 'missing-weights',
        found: expect.stringContaining('bert.encoder.layer.1.exit.dense.weight') as string,
      }),
    );
    const path = file((name) => (name === 'classifier.bias' ? 'decoder.bias' : name));
    expect(readWeights(network, path, 1).unused).toEqual(['decoder.bias']);
  });

  it('have to have the shapes that config.json tells', () => {
    const path = join(folder, 'model.safetensors');
    const key = 'bert.pooler.dense.bias';
    writeFileSync(path, encodeSafetensors({ ...stored, [key]: { shape: [8], data: new Float32Array(8) } }));
    expect(() => readWeights(network, path, 1)).toThrow(
      expect.objectContaining({ code: 'shape-mismatch', expected: '[16]', found: '[8]', at: { file: path } }),
    );
  });
});

describe('config.json', () => {
  it.each([
    ['of another kind of model', '{"model_type":"t5"}', /model_type/],
    ['that is torn', '{"model_type"', /cannot be read/],
    ['without sizes', '{"model_type":"bert"}', /vocab_size/],
  ])('%s is refused by name', (_what, text, message) => {
    writeFileSync(join(folder, 'config.json'), text);
    expect(() => readNetwork(folder, ['a', 'b'])).toThrow(
      expect.objectContaining({
        code: 'bad-model-config',
        at: { file: join(folder, 'config.json') },
        message: expect.stringMatching(message) as string,
      }),
    );
  });
});
