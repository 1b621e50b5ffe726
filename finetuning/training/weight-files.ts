import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SavedFormat } from '../methods/saved-format.js';
import {
  safetensorsParts,
  type IntegerTensor,
  type NamedTensor,
} from '../models/safetensors/encode-safetensors.js';
import { SafetensorsFile } from '../models/safetensors/safetensors-file.js';

/** Values by name: of what trains, of the optimizer's moments, of the values at the best step so far. */
export type Tensors = Readonly<Record<string, NamedTensor>>;

/** Which files a method's weights lie in. */
export type WeightFiles = Pick<SavedFormat, 'weightsFile' | 'headFile' | 'metadata'>;

/** @param weights by their names in files */
export function encodeWeights(
  files: WeightFiles,
  weights: Readonly<Record<string, NamedTensor | IntegerTensor>>,
): Record<string, { readonly parts: () => Iterable<Uint8Array> }> {
  const { weightsFile, headFile, metadata = { format: 'pt' } } = files;
  const entries = Object.entries(weights);
  const inHead = entries.filter(([name]) => headFile?.has(name));
  const others = entries.filter(([name]) => !headFile?.has(name));
  const file = (tensors: typeof entries) => ({
    parts: () => safetensorsParts(Object.fromEntries(tensors), metadata),
  });
  return {
    [weightsFile]: file(others),
    ...(headFile && inHead.length > 0 ? { [headFile.name]: file(inHead) } : {}),
  };
}

/** The way back. @throws DiagnosticError `file-missing`, `bad-safetensors` */
export function readWeightFiles({ weightsFile, headFile }: WeightFiles, folder: string): Tensors {
  const head = headFile && join(folder, headFile.name);
  return {
    ...readTensors(join(folder, weightsFile)),
    ...(head !== undefined && existsSync(head) ? readTensors(head) : {}),
  };
}

/** @throws DiagnosticError `file-missing`, `bad-safetensors` */
export function readTensors(path: string): Tensors {
  const file = SafetensorsFile.open(path);
  try {
    return Object.fromEntries(
      file.names.map((name) => [name, { shape: file.shape(name), data: file.readFloat32(name) }]),
    );
  } finally {
    file.close();
  }
}
