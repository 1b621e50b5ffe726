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

/** The way back, read when they are asked for. @throws DiagnosticError `file-missing`, `bad-safetensors` */
export function readWeightFiles({ weightsFile, headFile }: WeightFiles, folder: string): Tensors {
  const head = headFile && join(folder, headFile.name);
  return {
    ...storedTensors(join(folder, weightsFile)),
    ...(head !== undefined && existsSync(head) ? storedTensors(head) : {}),
  };
}

/**
 * The tensors of a file, each read when it is asked for: all weights and moments of a training are more than what else it holds.
 *
 * @throws DiagnosticError `file-missing`, `bad-safetensors`
 */
export function storedTensors(path: string): Tensors {
  return withFile(path, (file) =>
    Object.fromEntries(
      file.names.map((name) => [
        name,
        {
          shape: file.shape(name),
          get data() {
            return withFile(path, (opened) => opened.readFloat32(name));
          },
        },
      ]),
    ),
  );
}

function withFile<T>(path: string, read: (file: SafetensorsFile) => T): T {
  const file = SafetensorsFile.open(path);
  try {
    return read(file);
  } finally {
    file.close();
  }
}
