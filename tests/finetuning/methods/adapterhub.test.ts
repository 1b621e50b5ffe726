import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adapterMethod } from '../../../finetuning/methods/adapter/adapter-method.js';
import { adapterHubFormat } from '../../../finetuning/methods/adapter/adapterhub-format.js';
import { readAdapterHub } from '../../../finetuning/methods/adapter/read-adapterhub.js';
import { isAdapterHubFolder, readAdapterHubConfig } from '../../../finetuning/methods/adapter/read-config.js';
import { adapterTypes, type AdapterSettings } from '../../../finetuning/methods/adapter/settings.js';
import { startingAdapter } from '../../../finetuning/methods/adapter/start-from.js';
import { headModules } from '../../../finetuning/methods/modules-to-save.js';
import { readFinetunedFolder } from '../../../finetuning/models/finetuned-folder.js';
import { readNetwork } from '../../../finetuning/models/read-network.js';
import { encodeSafetensors } from '../../../finetuning/models/safetensors/encode-safetensors.js';
import { SafetensorsFile } from '../../../finetuning/models/safetensors/safetensors-file.js';
import { writeFolder } from '../../../finetuning/training/durable-folder.js';
import { encodeWeights, readWeightFiles } from '../../../finetuning/training/weight-files.js';

const FIXTURES = 'tests/finetuning/fixtures';
const FOLDER = `${FIXTURES}/bert-tiny`;
const MODEL = `${FOLDER}/model`;
const LABELS = ['LABEL_0', 'LABEL_1', 'LABEL_2'];

describe.each([
  ['pfeiffer', 'bert-tiny', LABELS],
  ['houlsby', 'bert-tiny', LABELS],
  ['pfeiffer', 'gpt2-tiny', []],
  ['houlsby', 'gpt2-tiny', []],
] as const)('a %s adapter of %s', (type, name, labels) => {
  const model = `${FIXTURES}/${name}/model`;
  const saved = `${FIXTURES}/${name}/adapterhub-${type}`;
  const network = readNetwork(model, labels);
  const hasHead = labels.length > 0;
  const settings: AdapterSettings = {
    ...adapterTypes[type],
    name: 'reprise',
    reductionFactor: 4,
    dropout: 0,
    saved: headModules(network),
  };
  const format = adapterHubFormat(settings, { name: model, revision: 'main' }, network);
  const method = adapterMethod(network.shapes, settings);

  it('is written in the same bytes as the library writes it', () => {
    // The library writes GPT-2's head, too, which is its token embeddings and does not train.
    const { 'lm_head.weight': _, ...weights } = readWeightFiles(format, saved);
    expect(Object.keys(weights).sort()).toEqual(method.trainable.map(format.toFile).sort());
    const written = encodeWeights(format, weights);
    expect(Object.keys(written)).toEqual([
      'adapter.safetensors',
      ...(hasHead ? ['model_head.safetensors'] : []),
    ]);
    for (const [name, { parts }] of Object.entries(written))
      expect(Buffer.concat([...parts()]).equals(readFileSync(join(saved, name)))).toBe(true);
  });

  it('is described as the library describes it, and by the revision of its base', () => {
    const theirs = (name: string): string => readFileSync(join(saved, name), 'utf8');
    const revision = '  "revision": "main",\n';
    expect(format.companions['adapter_config.json']).toContain(revision);
    expect(format.companions['adapter_config.json']?.replace(revision, '')).toBe(
      theirs('adapter_config.json'),
    );
    expect(format.companions['head_config.json']).toBe(hasHead ? theirs('head_config.json') : undefined);
  });

  it.each(['safetensors', 'bin'])('is read from what the library wrote as %s', (suffix) => {
    const { saved: _, ...described } = settings;
    const folder = mkdtempSync(join(tmpdir(), 'reprise-adapter-'));
    for (const file of readdirSync(saved).filter((file) => /json$/.test(file) || file.endsWith(suffix)))
      cpSync(join(saved, file), join(folder, file));
    expect(isAdapterHubFolder(folder)).toBe(true);
    expect(readAdapterHubConfig(folder)).toEqual(described);
    const read = readAdapterHub(folder, network);
    expect(read.method.trainable).toEqual(method.trainable);
    const expected = SafetensorsFile.open(`${FIXTURES}/${name}/${type}.safetensors`);
    for (const name of method.trainable)
      expect(read.values[name]).toEqual(expected.readFloat32(`before.${name}`));
    expected.close();
    rmSync(folder, { recursive: true });
  });

  it('starts near the model as it is, and the same way for the same seed', () => {
    const noValues = (): Float32Array => new Float32Array();
    const [down, bias] = [...method.added.keys()].slice(-4, -2) as [string, string];
    expect(method.initial(bias, 1, noValues).every((value) => value === 0)).toBe(true);
    const first = method.initial(down, 1, noValues);
    const deviation = Math.sqrt(first.reduce((sum, x) => sum + x * x, 0) / first.length);
    expect(deviation).toBeGreaterThan(0.015);
    expect(deviation).toBeLessThan(0.025);
    expect(method.initial(down, 1, noValues)).toEqual(first);
    expect(method.initial(down, 2, noValues)).not.toEqual(first);
  });
});

describe('an adapter’s folder', () => {
  const network = readNetwork(MODEL, LABELS);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reprise-adapter-'));
    cpSync(`${FOLDER}/adapterhub-pfeiffer`, folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const change = (edit: (json: Record<string, unknown>, config: Record<string, unknown>) => void): void => {
    const path = join(folder, 'adapter_config.json');
    const json = JSON.parse(readFileSync(path, 'utf8')) as { config: Record<string, unknown> };
    edit(json, json.config);
    writeFileSync(path, JSON.stringify(json));
  };

  it.each([
    ['ln_after', true],
    ['scaling', 'learned'],
    ['residual_before_ln', false],
    ['reduction_factor', { default: 16 }],
    ['inv_adapter', 'nice'],
    ['non_linearity', 'mish'],
    ['leave_out', [0]],
  ])('is refused with %s: %j, which we do not calculate', (key, value) => {
    change((_, config) => (config[key] = value));
    expect(() => readAdapterHubConfig(folder)).toThrow(
      expect.objectContaining({ code: 'bad-adapter', message: expect.stringContaining(key) as string }),
    );
  });

  it('says what model it is for, and what its labels are', () => {
    expect(readFinetunedFolder(folder)).toMatchObject({
      labels: LABELS,
      base: { name: MODEL, revision: 'main' },
    });
  });

  it('of a time before the library has other names for the same modules', () => {
    const path = join(folder, 'adapter.safetensors');
    const file = SafetensorsFile.open(path);
    const old = file.names.map(
      (name) =>
        [
          name.replace('.adapters.', '.layer_text_task_adapters.'),
          { shape: file.shape(name), data: file.readFloat32(name) },
        ] as const,
    );
    file.close();
    const { values } = readAdapterHub(folder, network);
    writeFileSync(path, encodeSafetensors(Object.fromEntries(old)));
    expect(readAdapterHub(folder, network).values).toEqual(values);
  });

  it('is what a training can go on from, if it is configured alike', () => {
    change((json) => (json.name = 'theirs'));
    const path = join(folder, 'adapter.safetensors');
    const file = SafetensorsFile.open(path);
    const tensors = file.names.map((name) => [name, file.readFloat32(name), file.shape(name)] as const);
    file.close();
    const named = tensors.map(([name, data, shape]) => [
      name.replace('.reprise.', '.theirs.'),
      { data, shape },
    ]);
    writeFileSync(path, encodeSafetensors(Object.fromEntries(named) as never));
    const own = { ...adapterTypes.pfeiffer, name: 'reprise', reductionFactor: 4, dropout: 0.1, saved: ['classifier'] }; // prettier-ignore
    const values = startingAdapter(folder, network, own);
    expect(Object.keys(values).sort()).toEqual([...adapterMethod(network.shapes, own).trainable].sort());
    for (const [name, data] of tensors) expect(values[name]).toEqual(data);
    for (const [key, other] of [
      ['adapter_type', { ...own, ...adapterTypes.houlsby, nonLinearity: 'relu' as const }],
      ['non_linearity', { ...own, nonLinearity: 'gelu' as const }],
      ['reduction_factor', { ...own, reductionFactor: 8 }],
      ['modules_to_save', { ...own, saved: ['classifier', 'pooler'] }],
    ] as const)
      expect(() => startingAdapter(folder, network, other)).toThrow(
        expect.objectContaining({ code: 'adapter-differs', message: expect.stringContaining(key) as string }),
      );
  });

  it('without a version means by gelu what transformers calls gelu_new', () => {
    change((json, config) => {
      delete json.version;
      config.non_linearity = 'gelu';
    });
    expect(readAdapterHubConfig(folder).nonLinearity).toBe('gelu_new');
  });

  it('is refused by a model with other labels', () => {
    expect(() => readAdapterHub(folder, readNetwork(MODEL, ['a', 'b']))).toThrow(
      expect.objectContaining({ code: 'shape-mismatch', expected: '[2, 16]', found: '[3, 16]' }),
    );
  });

  it('is refused by a deeper model', () => {
    const model = join(folder, 'model');
    cpSync(MODEL, model, { recursive: true });
    const config = JSON.parse(readFileSync(`${MODEL}/config.json`, 'utf8')) as object;
    writeFileSync(join(model, 'config.json'), JSON.stringify({ ...config, num_hidden_layers: 3 }));
    expect(() => readAdapterHub(folder, readNetwork(model, LABELS))).toThrow(
      expect.objectContaining({ code: 'missing-weights', found: 'nothing' }),
    );
  });
});

// What adapters 1.3.0 makes of a width of 16.
it.each([
  [1.6, 9],
  [5, 3],
  [0.1, 159],
  [32, 1],
])('a reduction by %d leaves %d', (reductionFactor, narrow) => {
  const { shapes } = readNetwork(MODEL, LABELS);
  const settings = { ...adapterTypes.pfeiffer, name: 'a', reductionFactor, dropout: 0, saved: [] };
  const down = 'bert.encoder.layer.0.output.adapters.a.adapter_down.0.bias';
  expect(adapterMethod(shapes, settings).added.get(down)).toEqual([narrow]);
});

describe('an adapter of a ResNet', () => {
  const network = readNetwork(`${FIXTURES}/resnet-tiny/model`, LABELS);
  const settings = { ...adapterTypes.pfeiffer, name: 'reprise', reductionFactor: 16, dropout: 0 };
  const { added, initial } = adapterMethod(network.shapes, { ...settings, saved: headModules(network) });

  it('has convolutions of one pixel after each residual layer, of the width of its last convolution', () => {
    const up = [...added].filter(([name]) => name.endsWith('.adapter_up.weight'));
    expect(up).toEqual([
      ['resnet.encoder.stages.0.layers.0.output_adapters.adapters.reprise.adapter_up.weight', [16, 1, 1, 1]],
      ['resnet.encoder.stages.0.layers.1.output_adapters.adapters.reprise.adapter_up.weight', [16, 1, 1, 1]],
      ['resnet.encoder.stages.1.layers.0.output_adapters.adapters.reprise.adapter_up.weight', [24, 1, 1, 1]],
    ]);
  });

  it('starts as the model itself', () => {
    const of = (part: string): Float32Array =>
      initial(
        `resnet.encoder.stages.1.layers.0.output_adapters.adapters.reprise.${part}`,
        1,
        () => new Float32Array(),
      );
    expect(of('adapter_up.weight').every((value) => value === 0)).toBe(true);
    expect(of('adapter_down.0.weight').every((value) => value !== 0)).toBe(true);
  });

  it('is read back as it was written', () => {
    const folder = mkdtempSync(join(tmpdir(), 'reprise-adapter-'));
    const method = adapterMethod(network.shapes, { ...settings, saved: headModules(network) });
    const format = adapterHubFormat(
      { ...settings, saved: headModules(network) },
      { name: 'some/resnet', revision: 'abc' },
      network,
    );
    const weights = Object.fromEntries(
      method.trainable.map((name, index) => {
        const shape = method.added.get(name) ?? network.shapes.get(name) ?? [];
        const count = shape.reduce((product, dimension) => product * dimension, 1);
        return [name, { shape, data: new Float32Array(count).fill(index + 1) }] as const;
      }),
    );
    writeFolder(folder, { ...format.companions, ...encodeWeights(format, weights) });
    expect(readFinetunedFolder(folder).base).toEqual({ name: 'some/resnet', revision: 'abc' });
    const { values } = readAdapterHub(folder, network);
    expect(values).toEqual(
      Object.fromEntries(Object.entries(weights).map(([name, { data }]) => [name, data])),
    );
    rmSync(folder, { recursive: true });
  });
});
