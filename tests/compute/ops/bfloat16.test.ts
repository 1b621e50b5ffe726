import {
  bfloat16Values,
  bfloat16Words,
  compileProgram,
  conv2dOfFrozen,
  fromBfloat16,
  gatherRows,
  interpretProgram,
  tf,
  type ProgramDefinition,
  type TensorData,
} from '../../../compute/index.js';
import { bothWays, largestError, someValues } from '../both-ways.js';

/** Halfway between two neighbours, of which the even one is taken; beside it; what overflows; what is no number. */
const EDGES = Float32Array.of(
  ...[1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, 1 + 2 ** -8 - 2 ** -20, -1 - 2 ** -8],
  ...[3.4e38, -3.4e38, Infinity, -Infinity, 0, 1e-30, 2 ** -126, 0.1, NaN],
);

it('rounds as TensorFlow does', () => {
  const values = Float32Array.from([...EDGES, ...someValues(501, 40)]);
  const { compiled } = bothWays(
    {
      products: 'bfloat16',
      feeds: { x: { shape: [values.length, 1], dtype: 'float32' } },
      // One factor to a sum: the rounded value itself.
      build: ({ feeds: { x } }) => ({ outputs: { y: tf.matMul(x as tf.Tensor2D, tf.ones([1, 1])) } }),
    },
    { x: values },
  );
  expect(bfloat16Values(bfloat16Words(values, 5), 5, values.length / 5)).toEqual(compiled.y);
});

it('has rows of an odd length', () => {
  const words = bfloat16Words(Float32Array.of(1, 2, 3, 4, 5, 6), 2);
  expect(words).toHaveLength(4);
  expect(bfloat16Values(words, 2, 3)).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
});

const [ROWS, INNER, OUTER] = [3, 7, 4];
const taken = Int32Array.of(2, 0, 2);

/** Products and look-ups of one matrix [OUTER, INNER] and one filter [OUTER, 2, 3, 3]. */
function uses(
  matrix: tf.Tensor2D,
  filter: tf.Tensor4D,
  x: tf.Tensor2D,
  images: tf.Tensor4D,
): Record<string, tf.Tensor> {
  const product = (x: tf.Tensor): tf.Tensor => tf.matMul(x as tf.Tensor2D, matrix, false, true);
  const convolved = (x: tf.Tensor): tf.Tensor =>
    conv2dOfFrozen(x as tf.Tensor4D, () => filter, { stride: 2, padding: 1 });
  return {
    product: product(x),
    slope: tf.grad((x) => tf.sum(tf.square(product(x))))(x),
    convolved: convolved(images),
    slopeOfImages: tf.grad((x) => tf.sum(tf.square(convolved(x))))(images),
    rows: gatherRows(matrix, tf.tensor1d(taken, 'int32')),
    turned: tf.matMul(tf.transpose(matrix), tf.reshape(x, [ROWS, INNER]), true, true) as tf.Tensor,
    whole: tf.sum(tf.square(matrix)),
  };
}

/** The same from variables in float32, and from the same numbers kept in words. */
function program(products: 'float32' | 'bfloat16'): ProgramDefinition {
  const feeds = {
    x: { shape: [ROWS, INNER], dtype: 'float32' },
    images: { shape: [1, 6, 6, 2], dtype: 'float32' },
  } as const;
  return {
    variables: {
      matrix: { shape: [OUTER, INNER], dtype: 'float32' },
      filter: { shape: [OUTER, 2, 3, 3], dtype: 'float32' },
      matrixWords: { shape: [OUTER, 4], dtype: 'int32' },
      filterWords: { shape: [OUTER, 9], dtype: 'int32' },
    },
    signatures: {
      plain: {
        products,
        feeds,
        build: ({ variables: { matrix, filter }, feeds: { x, images } }) => ({
          outputs: uses(
            matrix as tf.Tensor as tf.Tensor2D,
            filter as tf.Tensor as tf.Tensor4D,
            x as tf.Tensor2D,
            images as tf.Tensor4D,
          ),
        }),
      },
      kept: {
        products,
        feeds,
        build: ({ variables: { matrixWords, filterWords }, feeds: { x, images } }) => ({
          outputs: uses(
            fromBfloat16(matrixWords as tf.Tensor as tf.Tensor2D, INNER),
            tf.reshape(fromBfloat16(filterWords as tf.Tensor as tf.Tensor2D, 18), [OUTER, 2, 3, 3]),
            x as tf.Tensor2D,
            images as tf.Tensor4D,
          ),
        }),
      },
    },
  };
}

it.each([
  ['compiled', 'bfloat16', compileProgram],
  ['compiled', 'float32', compileProgram],
  ['interpreted', 'float32', interpretProgram],
] as const)('%s, products in %s: kept values are those of rounded ones, to the bit', (_, products, open) => {
  const opened = open(program(products));
  const [matrixWords, filterWords] = [
    bfloat16Words(someValues(OUTER * INNER), OUTER),
    bfloat16Words(someValues(OUTER * 18, 2), OUTER),
  ];
  opened.assign({
    matrixWords,
    filterWords,
    matrix: bfloat16Values(matrixWords, OUTER, INNER),
    filter: bfloat16Values(filterWords, OUTER, 18),
  });
  const feeds: Record<string, TensorData> = { x: someValues(ROWS * INNER, 3), images: someValues(72) };
  const [plain, kept] = [opened.run('plain', feeds), opened.run('kept', feeds)];
  if (products === 'bfloat16') expect(kept).toEqual(plain);
  // TensorFlow turns the one matrix before the product and the other within it, where these are in float32.
  else
    for (const [name, values] of Object.entries(plain))
      expect(largestError(kept[name] as TensorData, values)).toBeLessThan(4);
  expect(kept.rows?.slice(0, INNER)).toEqual(
    bfloat16Values(matrixWords, OUTER, INNER).slice(2 * INNER, 3 * INNER),
  );
  opened.dispose();
});
