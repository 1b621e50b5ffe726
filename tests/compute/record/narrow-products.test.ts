import { tf } from '../../../compute/index.js';
import { bothWays, someValues } from '../both-ways.js';

/** Rounded to the eight bits of mantissa that bfloat16 has, ties to even. */
function rounded(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  const word = bits[0] as number;
  bits[0] = (word + 0x7fff + ((word >>> 16) & 1)) & 0xffff0000;
  return new Float32Array(bits.buffer)[0] as number;
}

const [N, INNER] = [4, 8];

it('products are those of rounded inputs, rounded once; the rest is float32', () => {
  const [a, b] = [someValues(N * INNER), someValues(INNER * N, 3)];
  const { compiled, interpreted } = bothWays(
    {
      products: 'bfloat16',
      feeds: {
        a: { shape: [N, INNER], dtype: 'float32' },
        b: { shape: [INNER, N], dtype: 'float32' },
      },
      build: ({ feeds }) => {
        const [a, b] = [feeds.a, feeds.b] as [tf.Tensor2D, tf.Tensor2D];
        const batches = tf.matMul(tf.expandDims(a), tf.expandDims(b));
        return { outputs: { product: tf.matMul(a, b), batches, sum: tf.add(a, 1e-3) } };
      },
    },
    { a, b },
  );
  for (let row = 0; row < N; row++)
    for (let column = 0; column < N; column++) {
      let exact = 0;
      for (let k = 0; k < INNER; k++)
        exact += rounded(a[row * INNER + k] as number) * rounded(b[k * N + column] as number);
      for (const found of [compiled.product, compiled.batches]) {
        const value = found?.[row * N + column] as number;
        // One unit of the last place, where the order of the sum decides between two neighbours.
        expect(Math.abs(value - exact)).toBeLessThanOrEqual(2 ** -8 * Math.abs(exact) + 1e-6);
        expect(rounded(value)).toBe(value);
      }
    }
  expect(compiled.sum).toEqual(interpreted.sum);
  expect(compiled.product).not.toEqual(interpreted.product);
});

it('convolutions and their gradients are done so as well', () => {
  const [x, filter] = [someValues(6 * 6 * 3), someValues(3 * 3 * 3 * 4)];
  const { compiled, interpreted } = bothWays(
    {
      products: 'bfloat16',
      feeds: {
        x: { shape: [1, 6, 6, 3], dtype: 'float32' },
        filter: { shape: [3, 3, 3, 4], dtype: 'float32' },
      },
      build: ({ feeds }) => {
        const convolve = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
          tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, 'same');
        const [x, filter] = [feeds.x, feeds.filter] as [tf.Tensor, tf.Tensor];
        const [dx, dFilter] = tf.grads((x, filter) => tf.sum(tf.square(convolve(x, filter))))([x, filter]);
        return { outputs: { y: convolve(x, filter), dx: dx as tf.Tensor, dFilter: dFilter as tf.Tensor } };
      },
    },
    { x, filter },
  );
  for (const [name, expected] of Object.entries(interpreted)) {
    const largest = Math.max(...Array.from(expected, Math.abs));
    expect(compiled[name]).not.toEqual(expected);
    expected.forEach((value, at) =>
      expect(Math.abs((compiled[name]?.[at] as number) - value)).toBeLessThan(0.02 * largest),
    );
  }
});
