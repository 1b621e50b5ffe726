/** Inside of a block: what torchvision counts as conv1, bn1, … transformers counts from 0. */
const BLOCK = /^layer([1-4])\.(\d+)\.(?:(conv|bn)([1-3])|downsample\.([01]))\.(\w+)$/;
const STEM = /^(conv|bn)1\.(\w+)$/;
const HEAD = /^fc\.(weight|bias)$/;

/**
 * The name that transformers' ResNetForImageClassification gives to a parameter or buffer of torchvision's ResNet;
 * `undefined` for a name that no ResNet of torchvision has.
 */
export function torchvisionName(name: string): string | undefined {
  const head = HEAD.exec(name);
  if (head) return `classifier.1.${head[1]}`;
  const stem = STEM.exec(name);
  if (stem) return `resnet.embedder.embedder.${part(stem[1])}.${stem[2]}`;
  const block = BLOCK.exec(name);
  if (!block) return undefined;
  const [, stage, index, kind, position, shortcut, parameter] = block;
  const place =
    shortcut === undefined
      ? `layer.${Number(position) - 1}.${part(kind)}`
      : `shortcut.${part(shortcut === '0' ? 'conv' : 'bn')}`;
  return `resnet.encoder.stages.${Number(stage) - 1}.layers.${index}.${place}.${parameter}`;
}

function part(kind: string | undefined): string {
  return kind === 'conv' ? 'convolution' : 'normalization';
}

/** Are these the names of torchvision's ResNet? */
export function areTorchvisionNames(names: readonly string[]): boolean {
  return (
    names.includes('layer1.0.conv1.weight') && names.every((name) => torchvisionName(name) !== undefined)
  );
}
