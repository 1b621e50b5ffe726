import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adapterMethod } from '../../../finetuning/methods/adapter/adapter-method.js';
import { adapterHubFormat } from '../../../finetuning/methods/adapter/adapterhub-format.js';
import { readAdapterHub } from '../../../finetuning/methods/adapter/read-adapterhub.js';
import { isAdapterHubFolder, readAdapterHubConfig } from '../../../finetuning/methods/adapter/read-config.js';
import { adapterTypes, type AdapterSettings } from '../../../finetuning/methods/adapter/settings.js';
import { readFinetunedFolder } from '../../../finetuning/models/finetuned-folder.js';
import { readNetwork } from '../../../finetuning/models/read-network.js';
import { SafetensorsFile } from '../../../finetuning/models/safetensors/safetensors-file.js';
import { encodeWeights, readWeightFiles } from '../../../finetuning/training/weight-files.js';

const FOLDER = 'tests/finetuning/fixtures/bert-tiny';
const MODEL = `${FOLDER}/model`;
const LABELS = ['LABEL_0', 'LABEL_1', 'LABEL_2'];
const network = readNetwork(MODEL, LABELS);
const settingsOf = (type: 'pfeiffer' | 'houlsby'): AdapterSettings => ({
  ...adapterTypes[type],
  name: 'reprise',
  reductionFactor: 4,
  dropout: 0,
  saved: ['classifier'],
});

describe.each(['pfeiffer', 'houlsby'] as const)('an adapter of type %s', (type) => {
  const saved = `${FOLDER}/adapterhub-${type}`;
  const format = adapterHubFormat(settingsOf(type), { name: MODEL, revision: 'main' }, network);
  const method = adapterMethod(network.shapes, settingsOf(type));

  it('is written in the same bytes as the library writes it', () => {
    const weights = readWeightFiles(format, saved);
    expect(Object.keys(weights).sort()).toEqual(method.trainable.map(format.toFile).sort());
    const written = encodeWeights(format, weights);
    expect(Object.keys(written)).toEqual(['adapter.safetensors', 'model_head.safetensors']);
    for (const [name, bytes] of Object.entries(written))
      expect(Buffer.from(bytes).equals(readFileSync(join(saved, name)))).toBe(true);
  });

  it('is described as the library describes it, and by the revision of its base', () => {
    const theirs = (name: string): string => readFileSync(join(saved, name), 'utf8');
    const revision = '  "revision": "main",\n';
    expect(format.companions['adapter_config.json']).toContain(revision);
    expect(format.companions['adapter_config.json']?.replace(revision, '')).toBe(
      theirs('adapter_config.json'),
    );
    expect(format.companions['head_config.json']).toBe(theirs('head_config.json'));
  });

  it('is read from what the library wrote', () => {
    const { saved: _, ...settings } = settingsOf(type);
    expect(isAdapterHubFolder(saved)).toBe(true);
    expect(readAdapterHubConfig(saved)).toEqual(settings);
    expect(readFinetunedFolder(saved)).toEqual({ labels: LABELS, base: { name: MODEL, revision: 'main' } });
    const read = readAdapterHub(saved, network);
    expect(read.method.trainable).toEqual(method.trainable);
    const expected = SafetensorsFile.open(`${FOLDER}/${type}.safetensors`);
    for (const name of method.trainable)
      expect(read.values[name]).toEqual(expected.readFloat32(`before.${name}`));
    expected.close();
  });

  it('starts near the model as it is, and the same way for the same seed', () => {
    const noValues = (): Float32Array => new Float32Array();
    const [down, bias] = ['weight', 'bias'].map(
      (part) => `bert.encoder.layer.1.output.adapters.reprise.adapter_down.0.${part}`,
    ) as [string, string];
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
