import { readFileSync } from 'node:fs';
import type { WeightSource } from '../../../../finetuning/models/load-weights.js';
import { torchvisionConfig } from '../../../../finetuning/models/resnet/torchvision-config.js';
import {
  areTorchvisionNames,
  torchvisionName,
} from '../../../../finetuning/models/resnet/torchvision-names.js';
import { openWeights } from '../../../../finetuning/models/weights/open-weights.js';

const FIXTURES = 'tests/finetuning/fixtures/torchvision-resnet';

interface Reference {
  readonly config: Record<string, unknown>;
  /** torchvision's name → transformers', and the shape. */
  readonly tensors: Record<string, [string, number[]]>;
}

function json<T>(name: string): T {
  return JSON.parse(readFileSync(`${FIXTURES}/${name}.json`, 'utf8')) as T;
}

function sourceOf(shapes: Readonly<Record<string, readonly number[]>>): WeightSource {
  return {
    file: 'some.pth',
    names: Object.keys(shapes),
    shape: (name) => shapes[name] ?? [],
    readFloat32: () => new Float32Array(),
  };
}

const models = ['resnet18', 'resnet34', 'resnet50'];

describe.each(models)('%s of torchvision', (name) => {
  const { config, tensors } = json<Reference>(name);
  const shapes = Object.fromEntries(Object.entries(tensors).map(([key, [, shape]]) => [key, shape]));

  it('has the names that transformers gives', () => {
    const renamed = Object.keys(tensors).map((key) => torchvisionName(key));
    expect(renamed).toEqual(Object.values(tensors).map(([key]) => key));
    expect(new Set(renamed).size).toBe(renamed.length);
    expect(areTorchvisionNames(Object.keys(tensors))).toBe(true);
  });

  it('is described by its shapes', () => {
    expect(torchvisionConfig(sourceOf(shapes))).toMatchObject(config);
  });

  it('is refused where a block is missing its part', () => {
    const { 'layer3.1.conv2.weight': _, ...rest } = shapes;
    expect(() => torchvisionConfig(sourceOf(rest))).toThrow(
      expect.objectContaining({ code: 'bad-model-config', found: 'nothing', at: { file: 'some.pth' } }),
    );
  });
});

describe('what is no plain ResNet', () => {
  const others = json<Record<string, Record<string, number[]>>>('others');

  it.each([
    ['resnext50_32x4d', 'layer1.0.conv1.weight'],
    ['wide_resnet50_2', 'layer1.0.conv1.weight'],
  ])('%s is refused by the shape that differs', (name, tensor) => {
    const shapes = others[name] as Record<string, number[]>;
    expect(areTorchvisionNames(Object.keys(shapes))).toBe(true);
    expect(() => torchvisionConfig(sourceOf(shapes))).toThrow(
      expect.objectContaining({
        code: 'bad-model-config',
        message: `${tensor} is not that of a plain ResNet`,
        expected: '[64, 64, 1, 1]',
        found: '[128, 64, 1, 1]',
      }),
    );
  });

  it('other names are not taken for a ResNet', () => {
    expect(areTorchvisionNames(Object.keys(others.vgg11 ?? {}))).toBe(false);
    expect(areTorchvisionNames(Object.values(json<Reference>('resnet18').tensors).map(([key]) => key))).toBe(false); // prettier-ignore
    for (const name of ['layer5.0.conv1.weight', 'layer1.0.conv4.weight', 'fc.weight.x', 'xconv1.weight'])
      expect(torchvisionName(name)).toBeUndefined();
  });
});

describe('a file of torchvision', () => {
  it('is read under the names that transformers gives', () => {
    const source = openWeights(`${FIXTURES}/tiny.pth`);
    expect(source.shape('resnet.encoder.stages.1.layers.0.shortcut.convolution.weight')).toEqual([
      6, 4, 1, 1,
    ]);
    expect(source.readFloat32('resnet.embedder.embedder.normalization.running_var')).toEqual(
      new Float32Array(4).fill(1),
    );
    expect(source.readFloat32('classifier.1.weight')).toHaveLength(5 * 10);
    expect(source.names.every((name) => /^(resnet|classifier)\./.test(name))).toBe(true);
    source.close();
  });
});
