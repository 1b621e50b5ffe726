import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { areTorchvisionNames, torchvisionName } from '../resnet/torchvision-names.js';
import { SafetensorsFile } from '../safetensors/safetensors-file.js';
import { TorchFile } from '../torch-file/torch-file.js';
import type { OpenedWeights } from './opened-weights.js';
import { RenamedWeights } from './renamed-weights.js';
import { ShardedWeights } from './sharded-weights.js';
import { weightEntries, weightEntryOf } from './weight-files.js';

/**
 * The weights of a model's folder, or of one file. Only headers are read here; tensors when they are asked for.
 *
 * @throws DiagnosticError `file-missing`, `bad-safetensors`, `bad-torch-file`, `unsafe-pickle`, `bad-weight-index`
 */
export function openWeights(path: string): OpenedWeights {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return withOurNames(openFile(path));
  const entry = weightEntryOf((name) => existsSync(join(path, name)));
  if (!entry)
    throw new DiagnosticError('file-missing', {
      message: `${path} has no weights`,
      at: { file: join(path, 'model.safetensors') },
      expected: `one of: ${weightEntries.map(({ name }) => name).join(', ')}`,
      fix: 'put the weights there, or fetch the model again',
    });
  const file = join(path, entry.name);
  if (!entry.sharded) return withOurNames(openFile(file));
  return new ShardedWeights(file, (shard) => openFile(join(dirname(file), shard)));
}

/** One file, under the names that it gives. */
export function openFile(path: string, shownAs: string = path): OpenedWeights {
  return path.endsWith('.safetensors') ? SafetensorsFile.open(path, shownAs) : TorchFile.open(path, shownAs);
}

/** torchvision's files name a ResNet's tensors in their own way. */
function withOurNames(source: OpenedWeights): OpenedWeights {
  if (!areTorchvisionNames(source.names)) return source;
  return new RenamedWeights(source, (name) => torchvisionName(name) ?? name);
}
