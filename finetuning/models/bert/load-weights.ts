import { DiagnosticError } from '../../../diagnostics/index.js';
import { normalValues } from '../../random/draws.js';
import type { SafetensorsFile } from '../safetensors/safetensors-file.js';
import type { BertConfig } from './config.js';
import type { ParameterShapes } from './parameters.js';

export interface LoadedWeights {
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Parameters that the file lacks and that were made anew: the head, and the pooler if need be. */
  readonly created: readonly string[];
  /** Tensors of the file that the model has no use for. */
  readonly unused: readonly string[];
}

/** Buffers that older versions of transformers saved, and heads of the pretraining task. Nothing is lost with them. */
const EXPECTED_LEFTOVERS = /(^|\.)position_ids$|^cls\./;

/** Old checkpoints call the parameters of a norm gamma and beta; encoders alone have no `bert.` before their names. */
function currentName(stored: string): string {
  const renamed = stored
    .replace(/LayerNorm\.gamma$/, 'LayerNorm.weight')
    .replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
  return /^(embeddings|encoder|pooler)\./.test(renamed) ? `bert.${renamed}` : renamed;
}

/** The head always may be new; a pooler is missing where a model was trained without one. */
const MAY_BE_NEW = /^classifier\.|^bert\.pooler\./;

/**
 * Reads every parameter of the model out of a safetensors file.
 *
 * A head that is missing, or made for another number of labels, is drawn from N(0, initializer_range²) by the seed, its
 * bias zero: the same seed always makes the same head.
 *
 * @throws DiagnosticError `missing-weights`, `shape-mismatch`
 */
export function loadBertWeights(
  file: SafetensorsFile,
  shapes: ParameterShapes,
  config: BertConfig,
  seed: number,
): LoadedWeights {
  const stored = new Map(file.names.map((name) => [currentName(name), name]));
  const values = new Map<string, Float32Array>();
  const created: string[] = [];
  const missing: string[] = [];
  for (const [name, shape] of shapes) {
    const source = stored.get(name);
    const fits = source !== undefined && String(file.shape(source)) === String(shape);
    if (source !== undefined && fits) values.set(name, file.readFloat32(source));
    else if (MAY_BE_NEW.test(name) && (source === undefined || name.startsWith('classifier.'))) {
      values.set(name, newParameter(name, shape, config, seed));
      created.push(name);
    } else if (source === undefined) missing.push(name);
    else
      throw new DiagnosticError('shape-mismatch', {
        message: `${source} does not fit the model that config.json describes`,
        at: { file: file.file },
        expected: `[${shape.join(', ')}]`,
        found: `[${file.shape(source).join(', ')}]`,
        fix: 'take config.json and the weights from the same model',
      });
  }
  if (missing.length > 0)
    throw new DiagnosticError('missing-weights', {
      message: `${missing.length} of the model's ${shapes.size} weights are not in the file: ${listed(missing)}`,
      at: { file: file.file },
      fix: 'take config.json and the weights from the same model',
    });
  const unused = [...stored].filter(([name]) => !shapes.has(name) && !EXPECTED_LEFTOVERS.test(name));
  return { values, created, unused: unused.map(([, source]) => source) };
}

function newParameter(
  name: string,
  shape: readonly number[],
  config: BertConfig,
  seed: number,
): Float32Array {
  const count = shape.reduce((product, dimension) => product * dimension, 1);
  return name.endsWith('.bias')
    ? new Float32Array(count)
    : normalValues(count, config.initializer_range, seed, `new/${name}`);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
