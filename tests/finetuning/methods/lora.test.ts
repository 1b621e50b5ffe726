import { readFileSync } from 'node:fs';
import { loraMethod, type LoraSettings } from '../../../finetuning/methods/lora.js';
import { adapterConfigJson, parameterName, peftName } from '../../../finetuning/methods/peft-format.js';
import { readAdapterConfig } from '../../../finetuning/methods/read-adapter.js';
import { readNetwork } from '../../../finetuning/models/read-network.js';
import { encodeSafetensors } from '../../../finetuning/models/safetensors/encode-safetensors.js';
import { SafetensorsFile } from '../../../finetuning/models/safetensors/safetensors-file.js';

const FOLDER = 'tests/finetuning/fixtures/bert-tiny';
const { shapes } = readNetwork(`${FOLDER}/model`, ['a', 'b', 'c']);
const settings: LoraSettings = {
  rank: 4,
  alpha: 6,
  dropout: 0,
  targets: ['query', 'value'],
  saved: ['classifier'],
};

describe('LoRA', () => {
  const method = loraMethod(shapes, settings);

  it('adds A and B to each target, and trains the head', () => {
    expect(method.added.size).toBe(8);
    expect(method.added.get('bert.encoder.layer.1.attention.self.value.lora_A.weight')).toEqual([4, 16]);
    expect(method.added.get('bert.encoder.layer.1.attention.self.value.lora_B.weight')).toEqual([16, 4]);
    expect(method.trainable.slice(-2)).toEqual(['classifier.weight', 'classifier.bias']);
  });

  const noValues = (): Float32Array => new Float32Array();
  it('starts from the model as it is, and the same way for the same seed', () => {
    const [a, b] = ['lora_A', 'lora_B'].map(
      (part) => `bert.encoder.layer.0.attention.self.query.${part}.weight`,
    ) as [string, string];
    expect(method.initial(b, 1, noValues).every((value) => value === 0)).toBe(true);
    const first = method.initial(a, 1, noValues);
    expect(Math.max(...first.map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(16));
    expect(Math.max(...first.map(Math.abs))).toBeGreaterThan(0.8 / Math.sqrt(16));
    expect(method.initial(a, 1, noValues)).toEqual(first);
    expect(method.initial(a, 2, noValues)).not.toEqual(first);
  });

  it('can train more of the model in full', () => {
    const more = loraMethod(shapes, { ...settings, saved: ['classifier', 'pooler'] });
    expect(more.trainable).toContain('bert.pooler.dense.weight');
    expect(more.trainable).toHaveLength(12);
  });

  it.each([
    ['target_modules', { targets: ['query', 'querry'] }, /query, key, value, dense/],
    ['modules_to_save', { saved: ['score'] }, /pooler.*classifier/],
  ])('refuses a name in %s that the model does not have', (key, wrong, known) => {
    expect(() => loraMethod(shapes, { ...settings, ...wrong })).toThrow(
      expect.objectContaining({
        code: 'bad-target-modules',
        message: expect.stringContaining(key) as string,
        expected: expect.stringMatching(known) as string,
      }),
    );
  });
});

describe('PEFT’s format', () => {
  it('is read from what PEFT wrote', () => {
    expect(readAdapterConfig(`${FOLDER}/adapter`)).toEqual({
      ...settings,
      targets: expect.arrayContaining(['query', 'value']) as string[],
      saved: ['classifier', 'score'],
    });
  });

  it('has the tensors under PEFT’s names, in the same bytes', () => {
    const path = `${FOLDER}/adapter/adapter_model.safetensors`;
    const file = SafetensorsFile.open(path);
    const method = loraMethod(shapes, settings);
    expect(file.names.map(parameterName).sort()).toEqual([...method.trainable].sort());
    const tensors = Object.fromEntries(
      method.trainable.map((name) => [
        peftName(name),
        { shape: file.shape(peftName(name)), data: file.readFloat32(peftName(name)) },
      ]),
    );
    file.close();
    expect(Buffer.from(encodeSafetensors(tensors, { format: 'pt' })).equals(readFileSync(path))).toBe(true);
  });

  it('has a configuration of the fields that every version knows', () => {
    const json = adapterConfigJson(settings, 'some/model', 'main');
    const own = JSON.parse(json) as Record<string, unknown>;
    const theirs = JSON.parse(readFileSync(`${FOLDER}/adapter/adapter_config.json`, 'utf8')) as Record<
      string,
      unknown
    >;
    expect(Object.keys(own).filter((key) => !(key in theirs))).toEqual([]);
    expect(own).toMatchObject({ r: 4, lora_alpha: 6, task_type: 'SEQ_CLS', modules_to_save: ['classifier'] });
    expect(Object.keys(own)).toEqual(Object.keys(own).sort());
  });
});
