import { readFileSync } from 'node:fs';
import { batchNorm, conv2d, maxPool, tf, type SignatureScope } from '../../../compute/index.js';
import { bothWays, largestError } from '../both-ways.js';

/** What torch computes: tests/compute/ops/fixtures/make_image_operations.py. Images have their channels last. */
interface Case {
  readonly x_shape: number[];
  readonly x: number[];
  readonly dy: number[];
  readonly y: number[];
  readonly dx: number[];
}

interface ConvolutionCase extends Case {
  readonly stride: number;
  readonly padding: number;
  readonly filter_shape: number[];
  readonly filter: number[];
  readonly dfilter: number[];
}

type Channels = 'gamma' | 'beta' | 'mean' | 'variance' | 'dgamma' | 'dbeta' | 'next_mean' | 'next_variance';

interface NormalizationCase extends Case, Readonly<Record<Channels, number[]>> {
  readonly training: boolean;
}

const cases = JSON.parse(readFileSync('tests/compute/ops/fixtures/image-operations.json', 'utf8')) as {
  readonly convolutions: ConvolutionCase[];
  readonly poolings: Case[];
  readonly normalizations: NormalizationCase[];
};

/** Runs compiled and interpreted what is to agree with torch, output by output. */
function expectAgreement(
  inputs: Readonly<Record<string, { readonly shape: number[]; readonly values: number[] }>>,
  expected: Readonly<Record<string, number[]>>,
  build: (feeds: SignatureScope['feeds']) => Record<string, tf.Tensor>,
): void {
  const entries = Object.entries(inputs);
  const results = bothWays(
    {
      feeds: Object.fromEntries(entries.map(([name, { shape }]) => [name, { shape, dtype: 'float32' }])),
      build: ({ feeds }) => ({ outputs: build(feeds) }),
    },
    Object.fromEntries(entries.map(([name, { values }]) => [name, Float32Array.from(values)])),
  );
  for (const outputs of Object.values(results))
    for (const [name, values] of Object.entries(expected)) {
      const found = outputs[name] as Float32Array;
      // Float32 sums of up to 147 terms, in another order.
      const error = largestError(found, Float32Array.from(values), 0.1);
      expect({ name, error: error < 200 ? 'small' : error }).toEqual({ name, error: 'small' });
    }
}

/** The gradients of Σ dy · f(inputs). */
function slopes(f: (...inputs: tf.Tensor[]) => tf.Tensor, dy: tf.Tensor, inputs: tf.Tensor[]): tf.Tensor[] {
  return tf.grads((...given: tf.Tensor[]) => tf.sum(tf.mul(f(...given), dy)))(inputs);
}

describe('agrees with torch, and so do its gradients:', () => {
  it.each(cases.convolutions)('conv2d of $filter_shape with stride $stride', (given) => {
    const { stride, padding, x, dy, y, dx, filter, dfilter } = given;
    const apply = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
      conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, { stride, padding });
    expectAgreement(
      {
        x: { shape: given.x_shape, values: x },
        filter: { shape: given.filter_shape, values: filter },
        dy: { shape: [dy.length], values: dy },
      },
      { y, dx, dfilter },
      (feeds) => {
        const inputs = [feeds.x, feeds.filter] as [tf.Tensor, tf.Tensor];
        const y = apply(...inputs);
        const [dx, dfilter] = slopes(
          (x, filter) => apply(x as tf.Tensor, filter as tf.Tensor),
          tf.reshape(feeds.dy as tf.Tensor, y.shape),
          inputs,
        );
        return { y, dx: dx as tf.Tensor, dfilter: dfilter as tf.Tensor };
      },
    );
  });

  it.each(cases.poolings)('maxPool of $x_shape', ({ x_shape: shape, x, dy, y, dx }) => {
    const apply = (x: tf.Tensor): tf.Tensor => maxPool(x as tf.Tensor4D, { size: 3, stride: 2, padding: 1 });
    expectAgreement(
      { x: { shape, values: x }, dy: { shape: [dy.length], values: dy } },
      { y, dx },
      (feeds) => {
        const y = apply(feeds.x as tf.Tensor);
        const [dx] = slopes((x) => apply(x as tf.Tensor), tf.reshape(feeds.dy as tf.Tensor, y.shape), [
          feeds.x as tf.Tensor,
        ]);
        return { y, dx: dx as tf.Tensor };
      },
    );
  });

  it.each(cases.normalizations)('batchNorm, training: $training', (given) => {
    const { x, dy, y, dx, training, gamma, beta, mean, variance, dgamma, dbeta } = given;
    const channel = (values: number[]): { shape: number[]; values: number[] } => ({
      shape: [values.length],
      values,
    });
    const { next_mean, next_variance } = given;
    expectAgreement(
      {
        x: { shape: given.x_shape, values: x },
        dy: { shape: given.x_shape, values: dy },
        ...{ gamma: channel(gamma), beta: channel(beta), mean: channel(mean), variance: channel(variance) },
      },
      { y, dx, dgamma, dbeta, ...(training ? { next_mean, next_variance } : {}) },
      (feeds) => {
        const { mean, variance, dy } = feeds as Record<'mean' | 'variance' | 'dy', tf.Tensor>;
        const next: Record<string, tf.Tensor> = {};
        const update = (nextMean: tf.Tensor, nextVariance: tf.Tensor): void => {
          for (const tensor of Object.values(next)) tensor.dispose();
          next.next_mean = tf.keep(nextMean);
          next.next_variance = tf.keep(nextVariance);
        };
        const apply = (x?: tf.Tensor, gamma?: tf.Tensor, beta?: tf.Tensor): tf.Tensor => {
          const parameters = { gamma: gamma as tf.Tensor, beta: beta as tf.Tensor, mean, variance };
          return batchNorm(
            x as tf.Tensor4D,
            parameters,
            1e-5,
            training ? { momentum: 0.1, update } : undefined,
          );
        };
        const inputs = [feeds.x, feeds.gamma, feeds.beta] as [tf.Tensor, tf.Tensor, tf.Tensor];
        const y = apply(...inputs);
        const [dx, dgamma, dbeta] = slopes(apply, dy, inputs) as [tf.Tensor, tf.Tensor, tf.Tensor];
        return { y, dx, dgamma, dbeta, ...next };
      },
    );
  });
});
