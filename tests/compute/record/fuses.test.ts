import { layerNorm, tf } from '../../../compute/index.js';
import { DataType } from '../../../compute/graph/data-type.js';
import { Graph } from '../../../compute/graph/graph.js';
import { Recorder } from '../../../compute/record/recorder.js';
import { bothWays, largestError, someValues } from '../both-ways.js';

const shape = [3, 8];
const normal = (x: tf.Tensor): tf.Tensor =>
  layerNorm(x as tf.Tensor2D, tf.ones([8]), tf.tensor1d([1, 2, 3, 4, 5, 6, 7, 8]), 1e-5);

function functionsOf(options: { readonly fuses?: boolean }): number {
  const graph = new Graph();
  const recorder = new Recorder(graph, 'pass', options);
  recorder.record(() => normal(recorder.tensor('input:0', { dtype: DataType.float32, shape })));
  return graph.functions.size;
}

describe('a signature that fuses nothing', () => {
  it('has no functions of its own', () => {
    expect(functionsOf({})).toBe(1);
    expect(functionsOf({ fuses: false })).toBe(0);
  });

  it.each([true, false])('gives the same values (fuses: %s)', (fuses) => {
    const { compiled, interpreted } = bothWays(
      {
        feeds: { x: { shape, dtype: 'float32' } },
        fuses,
        build: ({ feeds }) => ({ outputs: { y: normal(feeds['x'] as tf.Tensor) } }),
      },
      { x: someValues(24) },
    );
    expect(largestError(compiled['y'] as Float32Array, interpreted['y'] as Float32Array)).toBeLessThan(16);
  });
});
