import type { ResNetConfig } from './config.js';

/** A convolution with the norm after it. `path` has `.convolution` and `.normalization` under it. */
export interface ConvolutionNorm {
  readonly path: string;
  readonly inner: number;
  readonly outer: number;
  readonly kernel: number;
  readonly stride: number;
}

/** A residual layer: convolutions one after the other, and the way around them. */
export interface ResidualLayer {
  readonly path: string;
  readonly convolutions: readonly ConvolutionNorm[];
  /** Brings the input to the output's size; absent where it has it already. */
  readonly shortcut?: ConvolutionNorm;
}

/** How much narrower a bottleneck is than what goes into it. */
const REDUCTION = 4;

export function stem({ num_channels, embedding_size }: ResNetConfig): ConvolutionNorm {
  const path = 'resnet.embedder.embedder';
  return { path, inner: num_channels, outer: embedding_size, kernel: 7, stride: 2 };
}

/** The layers of all stages in order. Each stage but perhaps the first halves the image's sides in its first layer. */
export function residualLayers(config: ResNetConfig): ResidualLayer[] {
  const layers: ResidualLayer[] = [];
  let inner = config.embedding_size;
  config.hidden_sizes.forEach((outer, stage) => {
    for (let index = 0; index < (config.depths[stage] as number); index++) {
      const halves = index === 0 && (stage > 0 || config.downsample_in_first_stage);
      const path = `resnet.encoder.stages.${stage}.layers.${index}`;
      layers.push(residualLayer(config, path, inner, outer, halves ? 2 : 1));
      inner = outer;
    }
  });
  return layers;
}

function residualLayer(
  config: ResNetConfig,
  path: string,
  inner: number,
  outer: number,
  stride: number,
): ResidualLayer {
  const convolutions =
    config.layer_type === 'basic'
      ? [
          { inner, outer, kernel: 3, stride },
          { inner: outer, outer, kernel: 3, stride: 1 },
        ]
      : bottleneck(inner, outer, stride, config.downsample_in_bottleneck);
  const shortcut = { path: `${path}.shortcut`, inner, outer, kernel: 1, stride };
  return {
    path,
    convolutions: convolutions.map((sizes, index) => ({ path: `${path}.layer.${index}`, ...sizes })),
    ...(inner !== outer || stride !== 1 ? { shortcut } : {}),
  };
}

/** Version 1.5 has the stride in the 3×3 convolution, the first version in the 1×1 before it (`strideFirst`). */
function bottleneck(
  inner: number,
  outer: number,
  stride: number,
  strideFirst: boolean,
): Omit<ConvolutionNorm, 'path'>[] {
  const narrow = Math.floor(outer / REDUCTION);
  return [
    { inner, outer: narrow, kernel: 1, stride: strideFirst ? stride : 1 },
    { inner: narrow, outer: narrow, kernel: 3, stride: strideFirst ? 1 : stride },
    { inner: narrow, outer, kernel: 1, stride: 1 },
  ];
}
