import { batchesByBytes, type Program } from '../../compute/index.js';
import type { ParameterShapes } from '../models/parameters.js';
import type { NamedTensor } from '../models/safetensors/encode-safetensors.js';
import type { Tensors } from './weight-files.js';

/** Each set of variables that is read together costs TensorFlow a plan of its own, so it is not one by one. */
const PART_BYTES = 32 * 2 ** 20;

/**
 * A program's variables, read when they are asked for, some neighbours in the order of names together, of which one group
 * is held at a time. They are as they are at that moment: to be written before training goes on.
 */
export function liveTensors(program: Program, shapes: ParameterShapes): Tensors {
  let held:
    { readonly group: readonly string[]; readonly values: Readonly<Record<string, unknown>> } | undefined;
  const shapeOf = (name: string): readonly number[] => shapes.get(name) as readonly number[];
  const tensors: Record<string, NamedTensor> = {};
  for (const group of inGroups([...shapes.keys()].sort(), shapeOf))
    for (const name of group)
      tensors[name] = {
        shape: shapeOf(name),
        get data() {
          if (held?.group !== group) {
            held = undefined;
            held = { group, values: program.read(group) };
          }
          return held.values[name] as Float32Array;
        },
      };
  return tensors;
}

/** Neighbours that are read or set together. */
export function inGroups(
  names: readonly string[],
  shapeOf: (name: string) => readonly number[],
): readonly (readonly string[])[] {
  const bytesOf = (name: string): number => 4 * shapeOf(name).reduce((product, size) => product * size, 1);
  return batchesByBytes(names, bytesOf, PART_BYTES);
}
