import { addUniformNoise, counterKeys, tf } from '../../../compute/index.js';
import { bothWays } from '../both-ways.js';

const [ROWS, WIDTH] = [64, 1024];

/** What is added to zeros, where each row's noise has twice the scale of the one before it modulo 4. */
function noise(step: number, site = 'here'): Float32Array {
  const { compiled, interpreted } = bothWays(
    {
      feeds: { counter: { shape: [2], dtype: 'int32' } },
      build({ feeds }) {
        const key = counterKeys(feeds.counter as tf.Tensor1D)(site);
        const scale = tf.tensor2d(Array.from({ length: ROWS }, (_, row) => [2 ** (row % 4)]));
        const apply = (x: tf.Tensor): tf.Tensor => addUniformNoise(x as tf.Tensor2D, scale, key);
        const zeros = tf.zeros([ROWS, WIDTH]);
        return { outputs: { y: apply(zeros), slope: tf.grad((x) => tf.sum(tf.mul(apply(x), 3)))(zeros) } };
      },
    },
    { counter: Int32Array.of(7, step) },
  );
  expect(compiled.y).toEqual(interpreted.y);
  expect(new Set(compiled.slope)).toEqual(new Set([3]));
  return compiled.y as Float32Array;
}

describe('addUniformNoise', () => {
  it('draws from U(−scale, scale)', () => {
    const drawn = noise(1);
    for (let row = 0; row < ROWS; row++) {
      const scale = 2 ** (row % 4);
      const unit = drawn.subarray(row * WIDTH, (row + 1) * WIDTH).map((x) => x / scale);
      expect(Math.max(...unit)).toBeLessThanOrEqual(1);
      expect(Math.min(...unit)).toBeGreaterThanOrEqual(-1);
      // Five standard deviations of a mean: 1/√3 of one value; and of a mean of squares: √(4/45).
      expect(Math.abs(mean(unit))).toBeLessThan(5 * Math.sqrt(1 / 3 / WIDTH));
      expect(Math.abs(mean(unit.map((x) => x * x)) - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / WIDTH));
    }
  });

  it('is a function of step and place', () => {
    expect(noise(1)).toEqual(noise(1));
    for (const other of [noise(2), noise(1, 'there')]) {
      const products = noise(1).map((x, index) => x * (other[index] as number));
      // Scales 1, 2, 4, 8 in turn: a product's variance is (1/3)² times the mean of their fourth powers.
      const deviation = Math.sqrt((1 + 16 + 256 + 4096) / 4 / 9 / products.length);
      expect(Math.abs(mean(products))).toBeLessThan(5 * deviation);
    }
  });
});

function mean(values: Float32Array): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
