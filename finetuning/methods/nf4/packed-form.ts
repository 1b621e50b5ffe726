import type { TensorSpec } from '../../../compute/index.js';
import type { LayerKind } from '../../models/layers/layer.js';
import type { StoredForm } from '../method.js';
import { dequantizeNf4 } from './dequantize.js';
import { BLOCK, NESTED_BLOCK, quantizeNf4, type Nf4 } from './quantize.js';
import { transposed } from './transposed.js';

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

/**
 * Four bits and a bit for a weight's values.
 *
 * @param shape as stored: bitsandbytes sees a `conv1d`'s [in, out] the other way round
 */
export function packedForm(weight: string, shape: readonly number[], kind: LayerKind): StoredForm {
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
  const [first, second] = [shape[0] as number, shape[1] as number];
  return {
    variables,
    encode: (values) => pack(quantizeNf4(kind === 'conv1d' ? transposed(values, first, second) : values)),
    encodeNf4: pack,
    decode(stored) {
      const bytes = (name: string): Uint8Array => new Uint8Array((stored[name] as Int32Array).buffer);
      const quantized = {
        codes: bytes(names.codes),
        absmax: bytes(names.absmax).subarray(0, blocks),
        nestedAbsmax: stored[names.nestedAbsmax] as Float32Array,
        offset: stored[names.offset]?.[0] as number,
      };
      const values = dequantizeNf4(quantized, count);
      return kind === 'conv1d' ? transposed(values, second, first) : values;
    },
  };
}

/** Bytes as little-endian words: the first byte is the lowest. */
function asWords(bytes: Uint8Array, count: number): Int32Array {
  const words = new Int32Array(count);
  new Uint8Array(words.buffer).set(bytes);
  return words;
}
