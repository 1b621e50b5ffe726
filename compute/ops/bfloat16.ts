import { DataType } from '../graph/data-type.js';
import { backend } from '../native/backend.js';
import { tf } from '../native/tensorflow.js';
import { Recorder } from '../record/recorder.js';
import { bitwise } from './bitwise.js';
import { operation, typeAttribute } from './raw-operation.js';

/**
 * float32 [rows, n] of values that are kept in bfloat16. In a compiled program products and look-ups take them as they are
 * kept, and no float32 is made for these. They have no gradient.
 *
 * @param words int32 [rows, ⌈n / 2⌉]: see {@link bfloat16Words}
 */
export function fromBfloat16(words: tf.Tensor2D, columns: number): tf.Tensor2D {
  const recorder = Recorder.current;
  if (recorder) return recorder.widened(words, columns) as tf.Tensor2D;
  const [rows, pairs] = words.shape;
  // bfloat16 is the upper half of a float32.
  const bits = tf.stack(
    [
      tf.mul(words, tf.scalar(1 << 16, 'int32')),
      bitwise('BitwiseAnd', words, tf.scalar(-(1 << 16), 'int32')),
    ],
    -1,
  );
  const target = { name: 'type', type: backend.binding.TF_ATTR_TYPE, value: DataType.float32 };
  const values = operation('Bitcast', [typeAttribute('T', 'int32'), target], [bits]);
  const whole: tf.Tensor2D = tf.reshape(values, [rows, 2 * pairs]);
  return tf.slice(whole, [0, 0], [rows, columns]);
}

/**
 * Values rounded to bfloat16, to the nearest and of two the even one, as TensorFlow and torch round; two in a word, the first in its
 * lower half. A row of an odd length ends with half a word of zeros.
 *
 * @param values [rows, n] row-major
 * @returns [rows, ⌈n / 2⌉]
 */
export function bfloat16Words(values: Float32Array, rows: number): Int32Array {
  const columns = values.length / rows;
  const pairs = Math.ceil(columns / 2);
  const words = new Int32Array(rows * pairs);
  const halves = new Uint16Array(words.buffer);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      halves[row * 2 * pairs + column] = rounded(bits[row * columns + column] as number);
  return words;
}

/** The values that words stand for. @returns [rows, columns] */
export function bfloat16Values(words: Int32Array, rows: number, columns: number): Float32Array {
  const halves = new Uint16Array(words.buffer, words.byteOffset, 2 * words.length);
  const stride = halves.length / rows;
  const bits = new Uint32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      bits[row * columns + column] = (halves[row * stride + column] as number) << 16;
  return new Float32Array(bits.buffer);
}

/** @param bits of a float32 @returns those of the nearest bfloat16 */
function rounded(bits: number): number {
  // What is no number must not become infinite.
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}
