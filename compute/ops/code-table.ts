import { tf } from '../native/tensorflow.js';
import { bitwise } from './bitwise.js';
import { operation, typeAttribute } from './raw-operation.js';

/** Words that are shifted in one row. */
const TOGETHER = 8;

/**
 * Each byte of each word, the lowest first: words [n] int32 → codes [n · 8 / bits] int32, where what is above a code's own
 * bits is left as it is.
 *
 * The shifts of some words lie in one row. In rows of a single word's XLA's loop takes seven times as long, and shifts for all words
 * would be a constant of the codes' size.
 *
 * @param shifts of the codes in a word, in the order in which they come out
 */
export function unpackCodes(words: tf.Tensor, shifts: readonly number[]): tf.Tensor {
  const together = words.size % TOGETHER === 0 ? TOGETHER : 1;
  const [rows, width] = [words.size / together, together * shifts.length];
  const each = tf.broadcastTo(tf.reshape(words, [rows, together, 1]), [rows, together, shifts.length]);
  const by = tf.tensor2d(Array.from({ length: together }, () => shifts).flat(), [1, width], 'int32');
  return tf.reshape(bitwise('RightShift', tf.reshape(each, [rows, width]), by), [rows * width]);
}

/**
 * table[code], where the code is the lowest bits of an integer: by selections, one level for each bit. In a fused function
 * these are a few instructions for 16 values at once, where reading from a table goes value by value. The table's values stay
 * scalars, which the operations broadcast: TensorFlow makes what follows from constants alone before XLA compiles the function,
 * such as a tensor of the codes' size for each value.
 *
 * @param table of a power of two
 */
export function selectByBits(table: Float32Array, codes: tf.Tensor): tf.Tensor {
  let level: tf.Tensor[] = [...table].map((value) => tf.scalar(value));
  for (let bit = 1; level.length > 1; bit *= 2) {
    const set = tf.notEqual(bitwise('BitwiseAnd', codes, tf.scalar(bit, 'int32')), tf.scalar(0, 'int32'));
    level = Array.from({ length: level.length / 2 }, (_, pair) =>
      operation(
        'SelectV2',
        [typeAttribute('T', 'float32')],
        [set, level[2 * pair + 1] as tf.Tensor, level[2 * pair] as tf.Tensor],
      ),
    );
  }
  return level[0] as tf.Tensor;
}

/** table[code], where the code is the lowest byte of an integer. */
export function selectByByte(table: Float32Array, codes: tf.Tensor): tf.Tensor {
  const attributes = [
    typeAttribute('Tparams', 'float32'),
    typeAttribute('Tindices', 'int32'),
    typeAttribute('Taxis', 'int32'),
  ];
  const indices = bitwise('BitwiseAnd', codes, tf.scalar(255, 'int32'));
  return operation('GatherV2', attributes, [tf.tensor1d(table), indices, tf.scalar(0, 'int32')]);
}
