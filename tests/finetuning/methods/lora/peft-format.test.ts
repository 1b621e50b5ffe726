import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAdapter, settingsFor } from '../../../../finetuning/methods/lora/adapter-folder.js';
import { parameterName, peftFormat } from '../../../../finetuning/methods/lora/peft-format.js';
import { readAdapterConfig } from '../../../../finetuning/methods/lora/read-adapter.js';
import type { Network } from '../../../../finetuning/models/network.js';
import { readNetwork } from '../../../../finetuning/models/read-network.js';
import { encodeSafetensors } from '../../../../finetuning/models/safetensors/encode-safetensors.js';
import { SafetensorsFile } from '../../../../finetuning/models/safetensors/safetensors-file.js';

const FIXTURES = 'tests/finetuning/fixtures';
const FOLDER = join(FIXTURES, 'bert-tiny');
const networkOf = (model: string): Network => readNetwork(join(FIXTURES, model, 'model'), ['a', 'b', 'c']);
const network = networkOf('bert-tiny');
type Json = Record<string, unknown>;
const readJson = (path: string): Json => JSON.parse(readFileSync(path, 'utf8')) as Json;

/** What PEFT wrote, read by us and written again. */
describe.each([
  ['bert-tiny', 'adapter'],
  ['bert-tiny', 'lora-all-linear'],
  ['bert-tiny', 'lora-regex'],
  ['bert-tiny', 'lora-bias-only'],
  ['bert-tiny', 'lora-dora'],
  ['bert-tiny', 'lora-dora-bias'],
  ['bert-tiny', 'lora-patterns'],
  ['gpt2-tiny', 'lora'],
  ['gpt2-tiny', 'lora-dora'],
  ['resnet-tiny', 'lora'],
  ['resnet-tiny', 'lora-dora'],
])('%s, %s', (model, name) => {
  const folder = join(FIXTURES, model, name);
  const network = networkOf(model);

  it('has the tensors under PEFT’s names, in the same bytes', () => {
    const { method, settings, values } = readAdapter(folder, network);
    const format = peftFormat(network, settings, 'some/model');
    const tensors = Object.fromEntries(
      method.trainable.map((parameter) => {
        const shape = method.added.get(parameter) ?? network.shapes.get(parameter) ?? [];
        return [format.toFile(parameter), { shape, data: values[parameter] as Float32Array }] as const;
      }),
    );
    const written = Buffer.from(encodeSafetensors(tensors, { format: 'pt' }));
    expect(written.equals(readFileSync(join(folder, 'adapter_model.safetensors')))).toBe(true);
    for (const parameter of method.trainable)
      expect(format.fromFile(format.toFile(parameter))).toBe(parameter);
  });

  it('has a configuration that says the same, in fields that older versions know', () => {
    const settings = settingsFor(network, readAdapterConfig(folder));
    const json = peftFormat(network, settings, 'some/model', 'main').companions['adapter_config.json'];
    const own = JSON.parse(json as string) as Json;
    const theirs = readJson(join(folder, 'adapter_config.json'));
    expect(Object.keys(own).filter((key) => !(key in theirs))).toEqual([]);
    expect(Object.keys(own)).toEqual(Object.keys(own).sort());
    for (const key of ['fan_in_fan_out', 'task_type', 'bias', 'r', 'lora_alpha'])
      expect([key, own[key]]).toEqual([key, theirs[key]]);
    // What says nothing is not written: an older version would refuse it.
    const isDefault = (value: unknown): boolean =>
      value === null || value === false || JSON.stringify(value) === '{}';
    const newer = ['use_rslora', 'use_dora', 'rank_pattern', 'alpha_pattern'];
    for (const key of newer) expect(key in own).toBe(!isDefault(theirs[key]));
    const target = mkdtempSync(join(tmpdir(), 'reprise-peft-'));
    writeFileSync(join(target, 'adapter_config.json'), json as string);
    expect(readAdapterConfig(target)).toEqual(settings);
    rmSync(target, { recursive: true });
  });
});

describe('an adapter of PEFT’s', () => {
  it('with all biases has copies of some, which are passed over', () => {
    const file = SafetensorsFile.open(join(FOLDER, 'lora-bias-all/adapter_model.safetensors'));
    const { method, values } = readAdapter(join(FOLDER, 'lora-bias-all'), network);
    expect(file.names.filter((name) => parameterName(name) === undefined)).toHaveLength(2);
    expect(values['classifier.bias']).toEqual(file.readFloat32('base_model.model.classifier.bias'));
    expect(Object.keys(values).sort()).toEqual([...method.trainable].sort());
    file.close();
  });

  it.each<[string, Json, RegExp]>([
    ['another method', { peft_type: 'LOHA' }, /peft_type/],
    ['updates with biases of their own', { lora_bias: true }, /lora_bias/],
    ['targets that are excluded', { exclude_modules: ['key'] }, /exclude_modules/],
    ['only some layers', { layers_to_transform: [0] }, /layers_to_transform/],
    ['a start that moves the base', { init_lora_weights: 'pissa_niter_4' }, /init_lora_weights.*base model/],
    ['another way to train biases', { bias: 'some' }, /bias/],
  ])('is refused with a reason: %s', (_, change, message) => {
    const folder = mkdtempSync(join(tmpdir(), 'reprise-peft-'));
    const config = { ...readJson(join(FOLDER, 'adapter/adapter_config.json')), ...change };
    writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify(config));
    expect(() => readAdapterConfig(folder)).toThrow(
      expect.objectContaining({ code: 'bad-adapter', message: expect.stringMatching(message) as string }),
    );
    rmSync(folder, { recursive: true });
  });

  it('whose file and configuration do not belong together is refused', () => {
    const folder = mkdtempSync(join(tmpdir(), 'reprise-peft-'));
    const weights = readFileSync(join(FOLDER, 'lora-dora/adapter_model.safetensors'));
    writeFileSync(join(folder, 'adapter_model.safetensors'), weights);
    const config = readJson(join(FOLDER, 'lora-dora/adapter_config.json'));
    writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify({ ...config, use_dora: false }));
    expect(() => readAdapter(folder, network)).toThrow(
      expect.objectContaining({
        code: 'bad-adapter',
        message: expect.stringContaining('lora_magnitude_vector') as string,
      }),
    );
    rmSync(folder, { recursive: true });
  });
});
