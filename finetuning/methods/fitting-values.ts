import { DiagnosticError } from '../../diagnostics/index.js';
import type { WeightSource } from '../models/load-weights.js';
import type { Network } from '../models/network.js';
import type { Method } from './method.js';

/** A value of an adapter's file, by its name there. */
export interface StoredValue {
  readonly source: Pick<WeightSource, 'file' | 'shape' | 'readFloat32'>;
  readonly name: string;
}

/**
 * The values of all that the method trains, each with the shape that it has there.
 *
 * @param stored by the parameter's name
 * @param adapterFile where one that is missing should be
 * @throws DiagnosticError `missing-weights`, `shape-mismatch`
 */
export function fittingValues(
  network: Pick<Network, 'shapes'>,
  method: Method,
  stored: ReadonlyMap<string, StoredValue>,
  adapterFile: string,
): Readonly<Record<string, Float32Array>> {
  const values: Record<string, Float32Array> = {};
  const text = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
  for (const parameter of method.trainable) {
    const expected = text(method.added.get(parameter) ?? network.shapes.get(parameter) ?? []);
    const value = stored.get(parameter);
    const found = value ? text(value.source.shape(value.name)) : 'nothing';
    if (!value || found !== expected)
      throw new DiagnosticError(value ? 'shape-mismatch' : 'missing-weights', {
        message: `the adapter does not fit the model: ${parameter}`,
        at: { file: value?.source.file ?? adapterFile },
        expected,
        found,
        fix: 'use the base model and the labels that the adapter was trained with',
      });
    values[parameter] = value.source.readFloat32(value.name);
  }
  return values;
}
