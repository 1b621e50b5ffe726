import { asLoss, dropout, layerNorm, madeAgain, softmax, tanhGelu, tf } from '../../../compute/index.js';
import { DataType } from '../../../compute/graph/data-type.js';
import { Graph } from '../../../compute/graph/graph.js';
import type { GraphNode } from '../../../compute/graph/node.js';
import { Recorder } from '../../../compute/record/recorder.js';
import { bothWays, largestError, someValues } from '../both-ways.js';

const [ROWS, WIDTH] = [6, 8];
const shape = [WIDTH, WIDTH];

/** A norm, a product, an activation and another product, as in each block of a transformer. */
function lossOf(x: tf.Tensor, first: tf.Tensor, second: tf.Tensor): tf.Scalar {
  const normal = layerNorm(x as tf.Tensor2D, tf.ones([WIDTH]), tf.zeros([WIDTH]), 1e-5);
  const active = tanhGelu(tf.matMul(normal, first as tf.Tensor2D));
  return tf.sum(tf.square(tf.matMul(active, second as tf.Tensor2D)));
}

/** Attention, whose probabilities are made of a product. */
function attentionLoss(x: tf.Tensor, first: tf.Tensor, second: tf.Tensor): tf.Scalar {
  const query = tf.matMul(x as tf.Tensor2D, first as tf.Tensor2D);
  const key = tf.matMul(x as tf.Tensor2D, second as tf.Tensor2D);
  const probabilities = madeAgain(() => softmax(tf.matMul(tf.mul(query, 0.5), key, false, true)));
  return tf.sum(tf.square(tf.matMul(probabilities, x as tf.Tensor2D)));
}

/** The nodes of the loss and of its gradients. */
function nodesOf(
  loss: (x: tf.Tensor, first: tf.Tensor, second: tf.Tensor) => tf.Scalar,
): readonly GraphNode[] {
  const graph = new Graph();
  const recorder = new Recorder(graph, 'pass');
  recorder.record(() => {
    const dtype = DataType.float32;
    const given = [[ROWS, WIDTH], shape, shape].map((shape, at) =>
      recorder.tensor(`input_${at}:0`, { dtype, shape }),
    );
    tf.grads(loss)(given);
  });
  return graph.nodes;
}

const again = (nodes: readonly GraphNode[]): readonly GraphNode[] =>
  nodes.filter(({ name }) => name.startsWith('pass/again'));

it('makes what is cheap again where a gradient meets it, not before that is there', () => {
  const nodes = nodesOf((...given) => asLoss(lossOf(...given)));
  const made = again(nodes);
  // The activation, for the second product's gradient, and then the norm, for the first one's.
  expect(made).toHaveLength(2);
  for (const { name, op, inputs, attributes, after } of made) {
    const first = nodes.find((node) => node.op === op && node.inputs.join() === inputs.join());
    expect(first?.attributes).toEqual(attributes);
    const product = nodes.find((node) => node.inputs.includes(`${name}:0`)) as GraphNode;
    expect(product.op).toBe('MatMul');
    const gradient = product.inputs.find((input) => input !== `${name}:0`) as string;
    expect(after).toEqual([gradient.split(':')[0]]);
  }
});

it('leaves what is not the backward pass of a loss as it is', () => {
  expect(again(nodesOf(lossOf))).toEqual([]);
});

it('makes what it is made of again, too', () => {
  const nodes = nodesOf((x, first, second) => {
    const key = tf.tensor1d([1, 2], 'int32');
    const normal = layerNorm(x as tf.Tensor2D, tf.ones([WIDTH]), tf.zeros([WIDTH]), 1e-5);
    const product = tf.matMul(
      dropout(normal, 0.5, key),
      tf.matMul(first as tf.Tensor2D, second as tf.Tensor2D),
    );
    return asLoss(tf.sum(tf.square(product)));
  });
  const [norm, dropped] = again(nodes) as [GraphNode, GraphNode];
  expect(dropped.inputs[0]).toBe(`${norm.name}:0`);
  expect(norm.after).toEqual(dropped.after);
});

it('makes all again that it is told to, once', () => {
  const made = again(nodesOf((...given) => asLoss(attentionLoss(...given))));
  expect(made.map(({ op }) => op)).toEqual(['Mul', 'MatMul', 'Softmax']);
  expect(new Set(made.map(({ after }) => after.join())).size).toBe(1);
});

it.each([
  ['a norm and an activation', lossOf],
  ['attention', attentionLoss],
])('comes to the same bits: %s', (_, loss) => {
  const gradients = (mark: (loss: tf.Scalar) => tf.Scalar): Record<string, ArrayLike<number>> => {
    const { compiled, interpreted } = bothWays(
      {
        feeds: Object.fromEntries(
          Object.entries({ x: [ROWS, WIDTH], first: shape, second: shape }).map(([name, shape]) => [
            name,
            { shape, dtype: 'float32' as const },
          ]),
        ),
        build: ({ feeds: { x, first, second } }) => {
          const all = [x, first, second] as tf.Tensor[];
          const [dx, dFirst, dSecond] = tf.grads((x, first, second) => mark(loss(x, first, second)))(all);
          return {
            outputs: { dx: dx as tf.Tensor, dFirst: dFirst as tf.Tensor, dSecond: dSecond as tf.Tensor },
          };
        },
      },
      { x: someValues(ROWS * WIDTH), first: someValues(WIDTH ** 2), second: someValues(WIDTH ** 2, 2) },
    );
    for (const [name, values] of Object.entries(compiled))
      expect(largestError(values, interpreted[name] as Float32Array, 1)).toBeLessThan(100);
    return compiled;
  };
  expect(gradients(asLoss)).toEqual(gradients((loss) => loss));
});
