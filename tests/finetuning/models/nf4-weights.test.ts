import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quantizeNf4 } from '../../../finetuning/methods/nf4/quantize.js';
import { dequantizeNf4 } from '../../../finetuning/methods/nf4/dequantize.js';
import { readNetwork, readWeights } from '../../../finetuning/models/read-network.js';
import { encodeSafetensors } from '../../../finetuning/models/safetensors/encode-safetensors.js';
import { SafetensorsFile } from '../../../finetuning/models/safetensors/safetensors-file.js';

const FOLDER = 'tests/finetuning/fixtures/bert-tiny';
const network = readNetwork(`${FOLDER}/model`, ['a', 'b', 'c']);
const isQuantized = (name: string): boolean =>
  network.layers.has(name.replace(/\.weight$/, '')) &&
  !name.startsWith('classifier.') &&
  name.endsWith('.weight');

describe('a checkpoint that bitsandbytes quantized', () => {
  it('has the weights and the bytes that quantizing its origin gives', () => {
    const origin = readWeights(network, `${FOLDER}/model`, 0);
    const found = readWeights(network, `${FOLDER}/quantized`, 0);
    expect(found).toMatchObject({ created: [], unused: [] });
    expect([...network.shapes.keys()].filter(isQuantized)).toHaveLength(13);
    for (const [name, values] of origin.values) {
      const nf4 = isQuantized(name) ? quantizeNf4(values) : undefined;
      expect(found.values.nf4(name)).toEqual(nf4);
      expect(found.values.get(name)).toEqual(nf4 ? dequantizeNf4(nf4, values.length) : values);
    }
    origin.close();
    found.close();
  });
});

describe('a quantized checkpoint that is not NF4 as we know it', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reprise-nf4-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const path = 'bert.encoder.layer.0.output.dense.weight';
  const state = `${path}.quant_state.bitsandbytes__nf4`;

  /** The fixture with one tensor changed or renamed, its bytes written as numbers. */
  function changed(name: string, values: (before: Float32Array) => Float32Array, rename = name): string {
    const source = SafetensorsFile.open(`${FOLDER}/quantized/model.safetensors`);
    const tensors = source.names.map((key) => {
      const before = source.readFloat32(key);
      if (key !== name) return [key, { shape: source.shape(key), data: before }] as const;
      const data = values(before);
      return [rename, { shape: [data.length], data }] as const;
    });
    source.close();
    const file = join(folder, 'model.safetensors');
    writeFileSync(file, encodeSafetensors(Object.fromEntries(tensors)));
    return file;
  }
  const json = (text: string): Float32Array => Float32Array.from(Buffer.from(text));

  it.each([
    ['FP4', state, (v: Float32Array) => v, state.replace('nf4', 'fp4')],
    ['eight bits', `${path}.absmax`, (v: Float32Array) => v, path.replace('weight', 'SCB')],
    ['a damaged state', state, () => json('{"quant_type"')],
    ['other blocks', state, () => json('{"quant_type":"nf4","blocksize":128,"shape":[16,24]}')],
    ['bytes stored as other numbers', path, (v: Float32Array) => v.subarray(0, v.length / 2)],
    ['a table of its own', `${path}.quant_map`, (v: Float32Array) => v.map((x) => x / 2)],
    ['a table of its own for scales', `${path}.nested_quant_map`, (v: Float32Array) => v.map((x) => x / 2)],
  ])('is refused: %s', (_what, name, values, rename = name) => {
    const file = changed(name, values, rename);
    expect(() => {
      const weights = readWeights(network, file, 0);
      try {
        weights.values.get(path);
      } finally {
        weights.close();
      }
    }).toThrow(expect.objectContaining({ code: 'unknown-quantization', at: { file } }));
  });
});
