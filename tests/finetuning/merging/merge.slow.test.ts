import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileProgram } from '../../../compute/index.js';
import { mergeAdapter, readAdapterBase } from '../../../finetuning/index.js';
import { fullMethod } from '../../../finetuning/methods/full.js';
import { nf4QuantizationConfig } from '../../../finetuning/methods/nf4/quantization-config.js';
import { inferenceProgram } from '../../../finetuning/models/inference-program.js';
import { readNetwork, readWeights } from '../../../finetuning/models/read-network.js';
import { SafetensorsFile } from '../../../finetuning/models/safetensors/safetensors-file.js';
import { bert } from '../parity/bert-cell.js';
import { gpt2 } from '../parity/gpt2-cell.js';
import { resnet } from '../parity/resnet-cell.js';
import { expectClose } from '../parity/rig.js';

const FIXTURES = 'tests/finetuning/fixtures';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprise-merge-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const merged = (model: string, name: string) =>
  mergeAdapter({
    adapterDir: join(FIXTURES, model, name),
    baseModelDir: join(FIXTURES, model, 'model'),
    outputDir: join(folder, 'merged'),
  });

describe.each([
  [bert, 'bert-tiny', ['lora-bias-all', 'lora-dora-bias', 'lora-patterns']],
  [gpt2, 'gpt2-tiny', ['lora-all-linear', 'lora-dora']],
  [resnet, 'resnet-tiny', ['lora-dora']],
] as const)('%#', (cell, model, names) => {
  it.each(names)(`${model}, %s: the whole model calculates what PEFT does with the adapter`, async (name) => {
    const drift = await merged(model, name);
    expect(drift).toMatchObject({ inputs: 'random inputs', same_answer: drift.rows });
    expect(drift.max_relative).toBeLessThan(1e-5);
    expect(drift.max_abs).toBeGreaterThan(0);
    const output = join(folder, 'merged');
    const record = JSON.parse(readFileSync(join(output, 'merge.json'), 'utf8')) as unknown;
    expect(record).toEqual(drift);

    const network = readNetwork(output, cell.labels);
    const { values, created, unused } = readWeights(network, output, 0);
    expect({ created, unused }).toEqual({ created: [], unused: [] });
    const { rows, width } = cell;
    const program = compileProgram(inferenceProgram(network, fullMethod(network.shapes), rows, [width]));
    program.assign(Object.fromEntries(values));
    const { batches } = JSON.parse(readFileSync(join(FIXTURES, model, 'batches.json'), 'utf8')) as {
      batches: Record<string, unknown>[];
    };
    const [batch] = batches.map((given) => cell.toBatch(given));
    const { logits } = program.run(`predict/${width}`, batch?.inputs ?? {});
    program.dispose();
    const reference = SafetensorsFile.open(join(FIXTURES, model, `${name}.safetensors`));
    expectClose(logits as Float32Array, reference.readFloat32('logits'), 'logits');
    reference.close();
  });
});

describe('a merge', () => {
  it('writes over what a merge wrote, and over nothing else', async () => {
    await merged('bert-tiny', 'lora-regex');
    await merged('bert-tiny', 'lora-dora');
    const config = JSON.parse(readFileSync(join(folder, 'merged/config.json'), 'utf8')) as unknown;
    expect(config).toMatchObject({ architectures: ['BertForSequenceClassification'] });
    rmSync(join(folder, 'merged'), { recursive: true });
    mkdirSync(join(folder, 'merged'));
    writeFileSync(join(folder, 'merged/thesis.txt'), 'mine');
    await expect(merged('bert-tiny', 'lora-dora')).rejects.toMatchObject({ code: 'output-exists' });
    expect(readdirSync(join(folder, 'merged'))).toEqual(['thesis.txt']);
  });

  it('brings a base in four bits to float32, with the values that the adapter was trained over', async () => {
    const adapterDir = join(folder, 'adapter');
    cpSync(join(FIXTURES, 'bert-tiny/lora-dora'), adapterDir, { recursive: true });
    const quantized = JSON.stringify({ quantization_config: nf4QuantizationConfig });
    writeFileSync(join(adapterDir, 'config.json'), quantized);
    writeFileSync(join(adapterDir, 'labels.json'), JSON.stringify(bert.labels));
    const [overFloats, overNf4] = [join(folder, 'merged'), join(folder, 'over-nf4')];
    await merged('bert-tiny', 'lora-dora');
    const baseModelDir = join(FIXTURES, 'bert-tiny/model');
    const drift = await mergeAdapter({ adapterDir, baseModelDir, outputDir: overNf4 });
    expect(drift).toMatchObject({ same_answer: drift.rows });
    expect(drift.max_relative).toBeLessThan(1e-5);
    expect(readFileSync(join(overNf4, 'config.json'), 'utf8')).not.toContain('quantization_config');
    const name = 'bert.encoder.layer.0.attention.self.query.weight';
    const [plain, rounded] = [overFloats, overNf4].map((output) => {
      const file = SafetensorsFile.open(join(output, 'model.safetensors'));
      const values = file.readFloat32(name);
      file.close();
      return values;
    });
    // No update goes there: sixteen values at most for each block of 64.
    expect(new Set(plain).size).toBe(256);
    expect(new Set(rounded).size).toBeLessThanOrEqual(4 * 16);
  });

  it('leaves nothing where the adapter is not for the base', async () => {
    const merge = mergeAdapter({
      adapterDir: join(FIXTURES, 'gpt2-tiny/lora'),
      baseModelDir: join(FIXTURES, 'bert-tiny/model'),
      outputDir: join(folder, 'merged'),
    });
    await expect(merge).rejects.toMatchObject({ code: 'bad-target-modules' });
    expect(existsSync(join(folder, 'merged'))).toBe(false);
  });

  it.each([
    ['no-adapter', undefined],
    ['no-base', { peft_type: 'LORA', base_model_name_or_path: null }],
    ['cannot-merge', { model_name: 'some/model', config: { reduction_factor: 16 } }],
  ])('has to have an adapter that can be merged: %s', (code, config) => {
    if (config) writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify(config));
    expect(() => readAdapterBase(folder)).toThrow(expect.objectContaining({ code }));
  });
});
