import type { Program } from '../../compute/index.js';
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
  let held: { readonly group: number; readonly values: Readonly<Record<string, unknown>> } | undefined;
  const groups: string[][] = [];
  const tensors: Record<string, NamedTensor> = {};
  let room = 0;
  for (const name of [...shapes.keys()].sort()) {
    const shape = shapes.get(name) as readonly number[];
    const bytes = 4 * shape.reduce((product, size) => product * size, 1);
    if (bytes > room) {
      groups.push([]);
      room = PART_BYTES;
    }
    room -= bytes;
    const group = groups.length - 1;
    groups[group]?.push(name);
    tensors[name] = {
      shape,
      get data() {
        if (held?.group !== group) {
          held = undefined;
          held = { group, values: program.read(groups[group] as string[]) };
        }
        return held.values[name] as Float32Array;
      },
    };
  }
  return tensors;
}
