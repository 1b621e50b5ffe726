import type { TensorSpec } from '../../../compute/index.js';
import type { LayerKind } from '../../models/layers/layer.js';
import type { StoredForm } from '../method.js';
import { BLOCK, NESTED_BLOCK, quantizeNf4, type Nf4 } from './quantize.js';

/** A weight as the graph holds it: NF4's bytes in words of 32 bits, for want of smaller integers. */
export interface PackedVariables {
  /** [blocks, 8] int32: the 64 codes of each block, those past the end 0. */
  readonly codes: string;
  /** [⌈blocks / 4⌉] int32: four blocks' codes of scales. */
  readonly absmax: string;
  /** [⌈blocks / 256⌉] float32 */
  readonly nestedAbsmax: string;
  /** [] float32 */
  readonly offset: string;
}

export function packedVariables(weight: string): PackedVariables {
  return {
    codes: `${weight}/nf4_codes`,
    absmax: `${weight}/nf4_absmax`,
    nestedAbsmax: `${weight}/nf4_nested_absmax`,
    offset: `${weight}/nf4_offset`,
  };
}

export interface PackedForm extends StoredForm {
  /** @param quantized the weight's values as bitsandbytes has them: a `conv1d`'s turned to [out, in] */
  pack(quantized: Nf4): Readonly<Record<string, Int32Array | Float32Array>>;
}

/**
 * Four bits and a bit for a weight's values.
 *
 * @param shape as stored: bitsandbytes sees a `conv1d`'s [in, out] the other way round
 */
export function packedForm(weight: string, shape: readonly number[], kind: LayerKind): PackedForm {
  const count = shape.reduce((product, size) => product * size, 1);
  const blocks = Math.ceil(count / BLOCK);
  const names = packedVariables(weight);
  const variables: Record<string, TensorSpec> = {
    [names.codes]: { shape: [blocks, BLOCK / 8], dtype: 'int32' },
    [names.absmax]: { shape: [Math.ceil(blocks / 4)], dtype: 'int32' },
    [names.nestedAbsmax]: { shape: [Math.ceil(blocks / NESTED_BLOCK)], dtype: 'float32' },
    [names.offset]: { shape: [], dtype: 'float32' },
  };
  const pack = ({ codes, absmax, nestedAbsmax, offset }: Nf4): Record<string, Int32Array | Float32Array> => ({
    [names.codes]: asWords(codes, (blocks * BLOCK) / 8),
    [names.absmax]: asWords(absmax, Math.ceil(blocks / 4)),
    [names.nestedAbsmax]: nestedAbsmax,
    [names.offset]: Float32Array.of(offset),
  });
  return {
    variables,
    pack,
    encode: (values) => pack(quantizeNf4(kind === 'conv1d' ? transposed(values, shape) : values)),
  };
}

/** Bytes as little-endian words: the first byte is the lowest. */
function asWords(bytes: Uint8Array, count: number): Int32Array {
  const words = new Int32Array(count);
  new Uint8Array(words.buffer).set(bytes);
  return words;
}

/** [rows, columns] → [columns, rows] */
function transposed(values: Float32Array, [rows, columns]: readonly number[]): Float32Array {
  const [height, width] = [rows as number, columns as number];
  const turned = new Float32Array(values.length);
  for (let column = 0; column < width; column++)
    for (let row = 0; row < height; row++)
      turned[column * height + row] = values[row * width + column] as number;
  return turned;
}
