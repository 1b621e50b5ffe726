import { tf } from '../../../compute/index.js';
import { uniformValues } from '../../random/draws.js';
import { forwardContext } from '../forward.js';
import { linear } from '../layers/linear.js';
import { parseModelConfig } from '../model-config.js';
import type { Network, NetworkOptions } from '../network.js';
import { resnetBackbone } from './backbone.js';
import { resnetConfigSchema } from './config.js';
import { resnetBuffers, resnetParameters } from './parameters.js';

/** Sides beyond this are surely a mistake, and fill the memory. */
const LARGEST_SIDE = 1024;

/** Backbones alone have no `resnet.` before their names. */
function currentName(stored: string): string {
  return /^(embedder|encoder)\./.test(stored) ? `resnet.${stored}` : stored;
}

/** ResNetForImageClassification. @throws DiagnosticError `bad-model-config` */
export function resnetNetwork({ config: json, file, labels }: NetworkOptions): Network {
  const config = parseModelConfig(resnetConfigSchema, json, file);
  const hidden = config.hidden_sizes.at(-1) as number;
  const parameters = resnetParameters(config, labels.length);
  return {
    task: 'image-classification',
    problem: 'single_label_classification',
    labels,
    shapes: parameters.shapes,
    layers: parameters.layers,
    buffers: resnetBuffers(config),
    maxWidth: LARGEST_SIDE,
    vocabulary: 0,
    classes: labels.length,
    // Its norms are BatchNorms, whose weights the Trainer decays.
    isLayerNorm: () => false,
    architecture: 'ResNetForImageClassification',
    names: {
      current: currentName,
      // How many batches the running statistics have seen, which nothing is calculated from.
      isLeftover: (name) => name.endsWith('.num_batches_tracked'),
      mayBeNew: (name) => name.startsWith('classifier.1.'),
      isHead: (name) => name.startsWith('classifier.1.'),
      // torch's Linear: ±1/√in for weight and bias alike.
      initial: (name, count, seed) => uniformValues(count, 1 / Math.sqrt(hidden), seed, `new/${name}`),
    },
    feeds: (rows, width) => ({
      pixel_values: { shape: [rows, width, width, config.num_channels], dtype: 'float32' },
    }),
    labelCount: (rows) => rows,
    logits(values, inputs, method, dropout, update) {
      const context = forwardContext(values, method, dropout, update);
      const features = resnetBackbone(context, config, inputs.pixel_values as tf.Tensor4D);
      return linear(context, 'classifier.1', tf.mean(features, [1, 2]) as tf.Tensor2D);
    },
  };
}
