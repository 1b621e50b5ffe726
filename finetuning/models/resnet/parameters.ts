import { ParameterList, type ParameterShapes } from '../parameters.js';
import type { ResNetConfig } from './config.js';
import { residualLayers, stem, type ConvolutionNorm } from './structure.js';

function convolutionNorms(config: ResNetConfig): ConvolutionNorm[] {
  const layers = residualLayers(config);
  return [
    stem(config),
    ...layers.flatMap(({ shortcut, convolutions }) => [...(shortcut ? [shortcut] : []), ...convolutions]),
  ];
}

/** As transformers' ResNetForImageClassification names them, in its order. Filters are [out, in, h, w]. */
export function resnetParameters(config: ResNetConfig, labels: number): ParameterList {
  const list = new ParameterList();
  for (const { path, inner, outer, kernel } of convolutionNorms(config)) {
    list.conv2d(`${path}.convolution`, outer, inner, kernel);
    list.norm(`${path}.normalization`, outer);
  }
  list.linear('classifier.1', labels, config.hidden_sizes.at(-1) as number);
  return list;
}

/** Running statistics of each norm. */
export function resnetBuffers(config: ResNetConfig): ParameterShapes {
  const list = new ParameterList();
  for (const { path, outer } of convolutionNorms(config)) {
    list.add(`${path}.normalization.running_mean`, [outer]);
    list.add(`${path}.normalization.running_var`, [outer]);
  }
  return list.shapes;
}
