import { loraMethod } from '../../../../finetuning/methods/lora/lora.js';
import type { LoraSettings } from '../../../../finetuning/methods/lora/settings.js';
import { readNetwork } from '../../../../finetuning/models/read-network.js';

const FOLDER = 'tests/finetuning/fixtures/bert-tiny';
const network = readNetwork(`${FOLDER}/model`, ['a', 'b', 'c']);
const settings: LoraSettings = {
  rank: 4,
  alpha: 6,
  dropout: 0,
  targets: ['query', 'value'],
  saved: ['classifier'],
};
const QUERY = 'bert.encoder.layer.0.attention.self.query';
const noValues = (): Float32Array => new Float32Array();

describe('LoRA', () => {
  const method = loraMethod(network, settings);

  it('adds A and B to each target, and trains the head', () => {
    expect(method.added.size).toBe(8);
    expect(method.added.get('bert.encoder.layer.1.attention.self.value.lora_A.weight')).toEqual([4, 16]);
    expect(method.added.get('bert.encoder.layer.1.attention.self.value.lora_B.weight')).toEqual([16, 4]);
    expect(method.trainable.slice(-2)).toEqual(['classifier.weight', 'classifier.bias']);
  });

  it('starts from the model as it is, and the same way for the same seed', () => {
    const [a, b] = [`${QUERY}.lora_A.weight`, `${QUERY}.lora_B.weight`];
    expect(method.initial(b, 1, noValues).every((value) => value === 0)).toBe(true);
    const first = method.initial(a, 1, noValues);
    expect(Math.max(...first.map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(16));
    expect(Math.max(...first.map(Math.abs))).toBeGreaterThan(0.8 / Math.sqrt(16));
    expect(method.initial(a, 1, noValues)).toEqual(first);
    expect(method.initial(a, 2, noValues)).not.toEqual(first);
  });

  it('starts DoRA’s magnitudes as the lengths of the rows', () => {
    const dora = loraMethod(network, { ...settings, magnitudes: true });
    const name = `${QUERY}.lora_magnitude_vector`;
    expect(dora.added.get(name)).toEqual([16]);
    const weight = Float32Array.from({ length: 16 * 16 }, (_, index) => (index < 16 ? 3 : index));
    const lengths = dora.initial(name, 1, (parameter) => {
      expect(parameter).toBe(`${QUERY}.weight`);
      return weight;
    });
    expect(lengths[0]).toBe(12);
    expect(lengths[1]).toBeCloseTo(Math.hypot(...weight.slice(16, 32)), 4);
  });

  it('can train more of the model in full, and no update goes where that is', () => {
    const more = loraMethod(network, { ...settings, saved: ['classifier', 'encoder.layer.1'] });
    expect(more.trainable).toContain('bert.encoder.layer.1.output.dense.weight');
    expect([...more.added.keys()].filter((name) => name.includes('layer.1'))).toEqual([]);
  });

  it('can leave the head as it is', () => {
    const none = loraMethod(network, { ...settings, saved: [] });
    expect(none.trainable).toEqual([...none.added.keys()]);
  });

  it('trains the biases that are asked for', () => {
    const biases = (bias: 'all' | 'lora_only'): string[] =>
      loraMethod(network, { ...settings, bias }).trainable.filter((name) => name.endsWith('.bias'));
    expect(biases('all')).toEqual([...network.shapes.keys()].filter((name) => name.endsWith('.bias')));
    expect(biases('lora_only')).toHaveLength(5);
    expect(biases('lora_only')).toContain(`${QUERY}.bias`);
  });
});
