import { createHash } from 'node:crypto';
import { tf } from '../native/tensorflow.js';
import { bitwise } from './bitwise.js';

const integer = (value: number): tf.Scalar => tf.scalar(value | 0, 'int32');

/** x ⊕ (x ≫ bits), with zeros shifted in: TensorFlow's shift of int32 repeats the sign. */
function foldDown(x: tf.Tensor, bits: number): tf.Tensor {
  const shifted = bitwise('RightShift', x, integer(bits));
  return bitwise('BitwiseXor', x, bitwise('BitwiseAnd', shifted, integer(2 ** (32 - bits) - 1)));
}

/**
 * A bijection of 32-bit integers each of whose output bits depends on all input bits: `lowbias32`, found by search for
 * the least bias (C. Wellons, "Prospecting for Hash Functions", 2018).
 */
function mix(x: tf.Tensor): tf.Tensor {
  const once = tf.mul(foldDown(x, 16), integer(0x7feb352d));
  const twice = tf.mul(foldDown(once, 15), integer(0x846ca68b));
  return foldDown(twice, 16);
}

/**
 * For each of `size` elements a pseudorandom integer from 0 to 2³¹ − 1 that is a function of its index and the key alone.
 * Made for masks, where it costs a fifth of Philox; it is no substitute for it in statistics.
 *
 * @param key [2] int32, well mixed ({@link counterKeys}): it is only combined with the index
 * @returns [size] int32
 */
export function indexHash(size: number, key: tf.Tensor): tf.Tensor {
  const [first, second] = [tf.slice(key, [0], [1]), tf.slice(key, [1], [1])];
  const index = tf.range(0, size, 1, 'int32');
  const words = mix(tf.add(mix(bitwise('BitwiseXor', index, first)), second));
  return bitwise('BitwiseAnd', words, integer(0x7fffffff));
}

/**
 * Keys that are functions of a fed counter and a place's name, one to each.
 *
 * @param counter [2] int32: what tells runs apart, and what tells steps apart
 * @returns place's name → key [2] int32
 */
export function counterKeys(counter: tf.Tensor1D): (site: string) => tf.Tensor1D {
  const [seed, step] = [tf.slice(counter, [0], [1]), tf.slice(counter, [1], [1])];
  const first = mix(tf.add(mix(seed), step));
  const second = mix(bitwise('BitwiseXor', first, integer(0x9e3779b9)));
  const base = tf.concat([first, second]);
  return (site) => {
    const digest = createHash('sha256').update(site, 'utf8').digest();
    const words = tf.tensor1d([digest.readInt32LE(0), digest.readInt32LE(4)], 'int32');
    return bitwise('BitwiseXor', base, words) as tf.Tensor1D;
  };
}
