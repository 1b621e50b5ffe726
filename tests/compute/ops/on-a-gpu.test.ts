import {
  batchNorm,
  gatherRows,
  productCrossEntropy,
  sparseCrossEntropy,
  tf,
  type SignatureDefinition,
  type TensorData,
} from '../../../compute/index.js';
import { bothWays, largestError, someValues } from '../both-ways.js';

/*
 * What a GPU is given in place of kernels that add up in another order in each run: the same numbers. Here they are calculated by
 * TensorFlow's kernels for a CPU.
 */

const [ROWS, CLASSES, WIDTH] = [6, 10, 4];
const LABELS = Int32Array.of(0, 3, 9, 1, 1, 5);

afterEach(() => delete process.env.REPRISE_GRAPHS_FOR);

function onBoth(signature: SignatureDefinition, feeds: Readonly<Record<string, TensorData>>) {
  delete process.env.REPRISE_GRAPHS_FOR;
  const { compiled: cpu } = bothWays(signature, feeds);
  process.env.REPRISE_GRAPHS_FOR = 'gpu';
  return { cpu, ...bothWays(signature, feeds) };
}

function expectEqual(signature: SignatureDefinition, feeds: Readonly<Record<string, TensorData>>): void {
  const { cpu, compiled, interpreted } = onBoth(signature, feeds);
  expect(Object.keys(compiled)).toEqual(Object.keys(cpu));
  for (const [name, values] of Object.entries(cpu))
    for (const found of [compiled[name], interpreted[name]])
      expect({ name, error: largestError(values, found as TensorData, 0.1) < 64 }).toEqual({
        name,
        error: true,
      });
}

const logits = { shape: [ROWS, CLASSES], dtype: 'float32' } as const;
const labels = { shape: [ROWS], dtype: 'int32' } as const;

it('cross entropy, and its gradient', () => {
  const signature: SignatureDefinition = {
    feeds: { logits, labels },
    build({ feeds }) {
      const loss = (x: tf.Tensor): tf.Tensor =>
        sparseCrossEntropy(x as tf.Tensor2D, feeds.labels as tf.Tensor1D);
      const slope = tf.grad((x: tf.Tensor) => tf.sum(tf.mul(loss(x), tf.tensor1d([1, 2, 3, 4, 5, 6]))));
      return { outputs: { loss: loss(feeds.logits as tf.Tensor), slope: slope(feeds.logits as tf.Tensor) } };
    },
  };
  expectEqual(signature, { logits: someValues(ROWS * CLASSES, 30), labels: LABELS });
});

it('a label that is none of the classes shows in the loss', () => {
  const signature: SignatureDefinition = {
    feeds: { logits, labels },
    build: ({ feeds }) => ({
      outputs: { loss: sparseCrossEntropy(feeds.logits as tf.Tensor2D, feeds.labels as tf.Tensor1D) },
    }),
  };
  process.env.REPRISE_GRAPHS_FOR = 'gpu';
  const { compiled } = bothWays(signature, {
    logits: someValues(ROWS * CLASSES),
    labels: LABELS.fill(10, 2, 3),
  });
  LABELS[2] = 9;
  const isNumber = [...(compiled.loss as Float32Array)].map((loss) => Number.isFinite(loss));
  expect(isNumber).toEqual([true, true, false, true, true, true]);
});

it('the loss over a vocabulary whose table is looked up too', () => {
  const signature: SignatureDefinition = {
    feeds: { table: { shape: [CLASSES, WIDTH], dtype: 'float32' }, labels },
    build({ feeds }) {
      const slope = tf.grad((table: tf.Tensor) => {
        const own = table as tf.Tensor2D;
        const x = gatherRows(own, feeds.labels as tf.Tensor1D);
        const weights = tf.fill([ROWS], 0.5) as tf.Tensor1D;
        return productCrossEntropy(x as tf.Tensor2D, own, feeds.labels as tf.Tensor1D, weights, 4);
      });
      return { outputs: { slope: slope(feeds.table as tf.Tensor) } };
    },
  };
  expectEqual(signature, { table: someValues(CLASSES * WIDTH), labels: LABELS });
});

it('norms with running statistics, and their gradients', () => {
  const images = { shape: [2, 3, 3, WIDTH], dtype: 'float32' } as const;
  const channels = { shape: [WIDTH], dtype: 'float32' } as const;
  const signature: SignatureDefinition = {
    feeds: { images, gamma: channels, beta: channels, mean: channels, variance: channels },
    build({ feeds }) {
      const { images, gamma, beta, mean, variance } = feeds as Record<string, tf.Tensor>;
      const [m, v] = [mean as tf.Tensor, variance as tf.Tensor];
      const norm = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor =>
        tf.square(batchNorm(x as tf.Tensor4D, { gamma, beta, mean: m, variance: v }, 1e-5));
      const given = [images, gamma, beta] as [tf.Tensor, tf.Tensor, tf.Tensor];
      const [dx, dGamma, dBeta] = tf.grads(norm)(given) as [tf.Tensor, tf.Tensor, tf.Tensor];
      return { outputs: { value: norm(...given), dx, dGamma, dBeta } };
    },
  };
  expectEqual(signature, {
    images: someValues(2 * 3 * 3 * WIDTH, 2),
    gamma: Float32Array.of(1, 0.5, -2, 0),
    beta: Float32Array.of(0, 1, -1, 0.25),
    mean: Float32Array.of(0.1, -0.2, 0, 3),
    variance: Float32Array.of(1, 0.01, 4, 0.5),
  });
});
