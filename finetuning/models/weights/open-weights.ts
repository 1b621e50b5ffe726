import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { WeightSource } from '../load-weights.js';
import { SafetensorsFile } from '../safetensors/safetensors-file.js';
import { TorchFile } from '../torch-file/torch-file.js';
import { ShardedWeights } from './sharded-weights.js';
import { weightEntries, weightEntryOf, type WeightFormat } from './weight-files.js';

export interface OpenWeights extends WeightSource {
  close(): void;
}

/**
 * The weights of a model's folder, or of one file. Only headers are read here; tensors when they are asked for.
 *
 * @throws DiagnosticError `file-missing`, `bad-safetensors`, `bad-torch-file`, `unsafe-pickle`, `bad-weight-index`
 */
export function openWeights(path: string): OpenWeights {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return openFile(path, formatOf(path));
  const entry = weightEntryOf((name) => existsSync(join(path, name)));
  if (!entry)
    throw new DiagnosticError('file-missing', {
      message: `${path} has no weights`,
      at: { file: join(path, 'model.safetensors') },
      expected: `one of: ${weightEntries.map(({ name }) => name).join(', ')}`,
      fix: 'put the weights there, or fetch the model again',
    });
  const file = join(path, entry.name);
  if (!entry.sharded) return openFile(file, entry.format);
  return new ShardedWeights(file, (shard) => openFile(join(dirname(file), shard), entry.format));
}

function formatOf(path: string): WeightFormat {
  return path.endsWith('.safetensors') ? 'safetensors' : 'torch';
}

function openFile(file: string, format: WeightFormat): OpenWeights {
  return format === 'safetensors' ? SafetensorsFile.open(file) : TorchFile.open(file);
}
