import {
  counterKeys,
  dropout,
  gatherRows,
  gelu,
  layerNorm,
  linear,
  productCrossEntropy,
  relu,
  softmax,
  smoothedCrossEntropy,
  sparseCrossEntropy,
  tanhGelu,
  tf,
} from '../../../compute/index.js';
import { bothWays, largestError, someValues } from '../both-ways.js';

const [ROWS, WIDTH] = [6, 10];
const labels = (): tf.Tensor1D => tf.tensor1d([0, 3, 9, 1, 1, 5], 'int32');

const labelWeights = (): tf.Tensor1D => tf.tensor1d([0.5, 0, 1, 0.25, 0.125, 2]);
const labels2 = (): tf.Tensor1D => tf.tensor1d([5, 0, 5, 2], 'int32');
/** [WIDTH, WIDTH], which the gradient goes to as well. */
const scaledTable = (x: tf.Tensor2D): tf.Tensor2D => tf.mul(tf.matMul(x, x, true), 0.1);

type Operation = (x: tf.Tensor2D, gamma: tf.Tensor1D, beta: tf.Tensor1D) => tf.Tensor;

/** Each with what it means in plain tfjs, whose gradient is the chain of its parts. */
const operations: [string, Operation, Operation][] = [
  ['gelu', (x) => gelu(x), (x) => tf.mul(x, tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5))],
  [
    'tanhGelu',
    (x) => tanhGelu(x),
    (x) => {
      const inner = tf.mul(tf.add(x, tf.mul(tf.pow(x, 3), 0.044715)), Math.sqrt(2 / Math.PI));
      return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
    },
  ],
  ['softmax', (x) => softmax(x), (x) => tf.softmax(x)],
  [
    'layerNorm',
    (x, gamma, beta) => layerNorm(x, gamma, beta, 1e-5),
    (x, gamma, beta) => {
      const { mean, variance } = tf.moments(x, -1, true);
      const normal = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
      return tf.add(tf.mul(normal, gamma), beta);
    },
  ],
  [
    'sparseCrossEntropy',
    (x) => sparseCrossEntropy(x, labels()),
    (x) => tf.neg(tf.sum(tf.mul(tf.logSoftmax(x), tf.oneHot(labels(), WIDTH)), -1)),
  ],
  [
    'smoothedCrossEntropy',
    (x) => smoothedCrossEntropy(tf.mul(x, 30), labels(), 0.15),
    (x) => {
      const losses = tf.neg(tf.logSoftmax(tf.mul(x, 30)));
      const given = tf.sum(tf.mul(losses, tf.oneHot(labels(), WIDTH)), -1);
      return tf.add(tf.mul(given, 0.85), tf.mul(tf.mean(losses, -1), 0.15));
    },
  ],
  [
    'gatherRows',
    (x) => gatherRows(x, tf.tensor1d([5, 0, 5, 2], 'int32')),
    (x) => tf.matMul(tf.cast(tf.oneHot(tf.tensor1d([5, 0, 5, 2], 'int32'), ROWS), 'float32'), x),
  ],
  ['relu', (x) => relu(x), (x) => tf.relu(x)],
  // Four rows at a time, and two.
  [
    'productCrossEntropy',
    (x) => productCrossEntropy(x, scaledTable(x), labels(), labelWeights(), 4),
    (x) => {
      const logits = tf.matMul(x, scaledTable(x), false, true);
      const losses = tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(labels(), WIDTH)), -1));
      return tf.sum(tf.mul(losses, labelWeights()));
    },
  ],
  [
    'a table to which two gradients go',
    (x) => tf.add(tf.sum(tf.square(gatherRows(x, labels2()))), tf.sum(tf.mul(x, x))),
    (x) => tf.add(tf.sum(tf.square(tf.gather(x, labels2()))), tf.sum(tf.mul(x, x))),
  ],
  [
    'linear',
    (x, gamma) => linear(x, tf.outerProduct(gamma, gamma), gamma),
    (x, gamma) => tf.add(tf.matMul(x, tf.outerProduct(gamma, gamma)), gamma),
  ],
];

describe('each operation and its gradients are those of its definition', () => {
  it.each(operations)('%s', (_, ours, definition) => {
    const feeds = {
      x: { shape: [ROWS, WIDTH], dtype: 'float32' as const },
      gamma: { shape: [WIDTH], dtype: 'float32' as const },
      beta: { shape: [WIDTH], dtype: 'float32' as const },
    };
    const run = (apply: Operation): ReturnType<typeof bothWays> =>
      bothWays(
        {
          feeds,
          build({ feeds: { x, gamma, beta } }) {
            const inputs = [x, gamma, beta] as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];
            // Weighted, so that no gradient is zero by symmetry.
            const total = (...given: tf.Tensor[]): tf.Tensor => {
              const y = apply(...(given as typeof inputs));
              const weights = tf.tensor(someValues(y.size), y.shape);
              return tf.add(
                tf.sum(tf.mul(y, weights)),
                tf.mul(tf.addN(given.map((tensor) => tf.sum(tensor))), 0.01),
              );
            };
            const gradients = tf.grads(total)(inputs);
            return {
              outputs: { y: apply(...inputs), ...Object.fromEntries(gradients.map((g, i) => [`g${i}`, g])) },
            };
          },
        },
        { x: someValues(ROWS * WIDTH, 3), gamma: someValues(WIDTH), beta: someValues(WIDTH).reverse() },
      );
    const [mine, reference] = [run(ours), run(definition)];
    for (const [name, expected] of Object.entries(reference.interpreted)) {
      // Float32 sums of ten terms, in another order: within a hundred units of the last place of 0.1.
      expect(largestError(mine.compiled[name] as Float32Array, expected, 0.1)).toBeLessThan(100);
      expect(largestError(mine.interpreted[name] as Float32Array, expected, 0.1)).toBeLessThan(100);
    }
  });
});

describe('dropout', () => {
  const SIZE = 1 << 16;
  const masks = (steps: number[], sites: string[], probability: number): Record<string, Float32Array> => {
    const outputs: Record<string, Float32Array> = {};
    for (const step of steps) {
      const { compiled, interpreted } = bothWays(
        {
          feeds: { counter: { shape: [2], dtype: 'int32' } },
          build({ feeds }) {
            const key = counterKeys(feeds.counter as tf.Tensor1D);
            const drop = (site: string) => (x: tf.Tensor) => dropout(x, probability, key(site));
            const results = sites.flatMap((site) => [
              [site, drop(site)(tf.ones([SIZE]))],
              [`${site} gradient`, tf.grad((x) => tf.sum(drop(site)(x)))(tf.ones([SIZE]))],
            ]);
            return { outputs: Object.fromEntries(results) as Record<string, tf.Tensor> };
          },
        },
        { counter: Int32Array.of(7, step) },
      );
      for (const site of sites) {
        expect(compiled[site]).toEqual(interpreted[site]);
        expect(compiled[`${site} gradient`]).toEqual(compiled[site]);
        outputs[`${site} ${step}`] = compiled[site] as Float32Array;
      }
    }
    return outputs;
  };

  it('keeps the right share, scaled, and the same values in the gradient', () => {
    for (const probability of [0.1, 0.5]) {
      const { 'a 1': mask } = masks([1], ['a'], probability) as { 'a 1': Float32Array };
      const kept = mask.filter((value) => value !== 0);
      expect(new Set(kept)).toEqual(new Set([Math.fround(1 / (1 - probability))]));
      // Four standard deviations of a binomial share.
      const deviation = Math.sqrt((probability * (1 - probability)) / SIZE);
      expect(Math.abs(kept.length / SIZE - (1 - probability))).toBeLessThan(4 * deviation);
    }
  });

  it('is independent between neighbours, steps and places', () => {
    const all = masks([1, 2, 3], ['a', 'b'], 0.5);
    const signs = Object.values(all).map((mask) => mask.map((value) => (value === 0 ? -1 : 1)));
    const correlation = (a: Float32Array, b: Float32Array, lag = 0): number =>
      a.reduce((sum, value, index) => sum + value * (b[(index + lag) % SIZE] as number), 0) / SIZE;
    for (const [index, a] of signs.entries()) {
      for (const lag of [1, 2, 3, 4, 8, 64, 768])
        expect(Math.abs(correlation(a, a, lag))).toBeLessThan(4 / 2 ** 8);
      for (const b of signs.slice(index + 1)) expect(Math.abs(correlation(a, b))).toBeLessThan(4 / 2 ** 8);
    }
  });
});
