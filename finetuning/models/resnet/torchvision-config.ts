import { DiagnosticError } from '../../../diagnostics/index.js';
import type { WeightSource } from '../load-weights.js';

/** A bottleneck's output is this many times as wide as its inside. */
const EXPANSION = 4;

/**
 * The configuration, as transformers writes it, of a ResNet whose weights are a file of torchvision: such a file has no
 * other description than its tensors' names and shapes.
 *
 * @throws DiagnosticError `bad-model-config` for ResNeXt, wide and other ResNets that transformers' does not cover
 */
export function torchvisionConfig(source: WeightSource): Record<string, unknown> {
  const has = new Set(source.names);
  const shapeOf = (name: string): string =>
    has.has(name) ? `[${source.shape(name).join(', ')}]` : 'nothing';
  const expect = (name: string, expected: readonly number[]): void => {
    const found = shapeOf(name);
    if (found === `[${expected.join(', ')}]`) return;
    throw new DiagnosticError('bad-model-config', {
      message: `${name} is not that of a plain ResNet`,
      at: { file: source.file },
      expected: `[${expected.join(', ')}]`,
      found,
      fix: 'take a ResNet of torchvision that is neither a ResNeXt nor a wide one, such as resnet50',
    });
  };
  const sizeOf = (name: string, axis: number): number =>
    has.has(name) ? (source.shape(name)[axis] ?? 0) : 0;

  const [embedding, channels] = [sizeOf('conv1.weight', 0), sizeOf('conv1.weight', 1)];
  expect('conv1.weight', [embedding, channels, 7, 7]);
  const bottleneck = has.has('layer1.0.conv3.weight');
  const last = bottleneck ? 'conv3' : 'conv2';
  const depths: number[] = [];
  const hidden: number[] = [];
  let width = embedding;
  for (const stage of ['layer1', 'layer2', 'layer3', 'layer4']) {
    const output = sizeOf(`${stage}.0.${last}.weight`, 0);
    const inner = bottleneck ? output / EXPANSION : output;
    let depth = 0;
    for (; has.has(`${stage}.${depth}.conv1.weight`); depth++) {
      const block = `${stage}.${depth}`;
      const input = depth === 0 ? width : output;
      expect(`${block}.conv1.weight`, bottleneck ? [inner, input, 1, 1] : [inner, input, 3, 3]);
      expect(`${block}.conv2.weight`, [inner, inner, 3, 3]);
      if (bottleneck) expect(`${block}.conv3.weight`, [output, inner, 1, 1]);
    }
    if (depth === 0) expect(`${stage}.0.conv1.weight`, bottleneck ? [0, width, 1, 1] : [0, width, 3, 3]);
    depths.push(depth);
    hidden.push(output);
    width = output;
  }
  return {
    architectures: ['ResNetForImageClassification'],
    model_type: 'resnet',
    num_channels: channels,
    embedding_size: embedding,
    hidden_sizes: hidden,
    depths,
    layer_type: bottleneck ? 'bottleneck' : 'basic',
    hidden_act: 'relu',
    downsample_in_first_stage: false,
    // As in torchvision: the stride is in the 3 × 3 convolution.
    downsample_in_bottleneck: false,
  };
}

/** How torchvision makes the inputs of these models (its `ImageClassification` preset), as transformers writes it. */
export const torchvisionPreprocessing = {
  do_resize: true,
  size: { shortest_edge: 224 },
  // The shorter side becomes 256 pixels, of which the middle 224 are taken.
  crop_pct: 0.875,
  // Bilinear, in PIL's numbering.
  resample: 2,
  do_rescale: true,
  rescale_factor: 1 / 255,
  do_normalize: true,
  image_mean: [0.485, 0.456, 0.406],
  image_std: [0.229, 0.224, 0.225],
  image_processor_type: 'ConvNextImageProcessor',
} as const;
