import { join } from 'node:path';
import { writeFolder } from '../../training/durable-folder.js';
import { areTorchvisionNames } from '../resnet/torchvision-names.js';
import { encodeSafetensors } from '../safetensors/encode-safetensors.js';
import { openFile, openWeights } from '../weights/open-weights.js';
import { weightFilesIn } from '../weights/weight-files.js';
import { neededFiles } from './model-files.js';

/**
 * The files of a pretrained model, as transformers finds its weights in them: it knows nothing of torchvision's names, and
 * would begin with random ones in their place.
 *
 * @param modelDir what `resolvePretrained` gave
 * @param temporary gets the files that have to be written for it
 * @returns name → path
 * @throws DiagnosticError those of files of weights; `disk-full`
 */
export function transformersFiles(modelDir: string, temporary: string): Record<string, string> {
  const names = neededFiles(modelDir);
  const own = (some: readonly string[], folder: string): Record<string, string> =>
    Object.fromEntries(some.map((name) => [name, join(folder, name)]));
  const weights = weightFilesIn(modelDir).found;
  if (weights.length !== 1 || !isOfTorchvision(join(modelDir, weights[0] as string)))
    return own(names, modelDir);
  const source = openWeights(modelDir);
  try {
    // How many batches the norms have seen is counted in whole numbers, and of no matter to what a model says.
    const counted = source.names.filter((name) => !name.endsWith('.num_batches_tracked'));
    const tensors = counted.map(
      (name) => [name, { shape: source.shape(name), data: source.readFloat32(name) }] as const,
    );
    const written = encodeSafetensors(Object.fromEntries(tensors), { format: 'pt' });
    writeFolder(temporary, { 'model.safetensors': written });
  } finally {
    source.close();
  }
  const others = names.filter((name) => !weights.includes(name));
  return { ...own(others, modelDir), ...own(['model.safetensors'], temporary) };
}

function isOfTorchvision(file: string): boolean {
  const source = openFile(file);
  try {
    return areTorchvisionNames(source.names);
  } finally {
    source.close();
  }
}
