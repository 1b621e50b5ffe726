import {
  compileProgram,
  interpretProgram,
  tf,
  type Program,
  type SignatureDefinition,
  type TensorData,
} from '../../../compute/index.js';
import { attribute } from '../../../compute/graph/attribute.js';
import { DataType } from '../../../compute/graph/data-type.js';
import { Graph } from '../../../compute/graph/graph.js';
import { MemoryUses } from '../../../compute/program/memory-uses.js';
import { largestError, someValues } from '../both-ways.js';

/** Inputs of nodes that are called by their operation. */
function usesIn(nodes: Readonly<Record<string, readonly string[]>>, kept: string, other: string, of: string) {
  const graph = new Graph();
  for (const [op, inputs] of Object.entries(nodes))
    graph.add(op, inputs.map((input) => `${input}:0`), { T: attribute.type(DataType.float32) }); // prettier-ignore
  return new MemoryUses(graph.nodes, [`${kept}:0`], [`${other}:0`]).endingWith(of);
}

describe('who looks at the memory of a value', () => {
  const nodes = {
    Read: [],
    Reshape: ['Read'],
    MatMul: ['Reshape', 'Read'],
    Sum: ['MatMul'],
    Relu: ['Reshape'],
    Square: ['Read'],
  };

  it('is who takes it, or takes it from one who hands it on, as far as the run needs them', () => {
    expect(usesIn(nodes, 'Sum', 'Relu', 'Read')).toEqual(new Set(['Reshape', 'MatMul', 'Relu']));
  });

  it('is nobody knows whom, where it outlives the run', () => {
    expect(usesIn(nodes, 'Reshape', 'Sum', 'Read')).toBeUndefined();
  });
});

const SHAPE = [4, 6];
const spec = { shape: SHAPE, dtype: 'float32' as const };

/** AdamW of `w`, whose gradient is 2w, beside what else is made of it. */
function step(
  others: (w: tf.Tensor) => Pick<ReturnType<SignatureDefinition['build']>, 'outputs' | 'updates'>,
) {
  return (build: (definition: Parameters<typeof compileProgram>[0]) => Program): TensorData[] => {
    const program = build({
      variables: { w: spec, m: spec, v: spec, average: spec },
      signatures: {
        step: {
          feeds: {},
          build({ variables }) {
            const w = variables['w'] as tf.Tensor;
            return {
              ...others(w),
              adam: [
                {
                  variable: 'w', m: 'm', v: 'v', gradient: tf.mul(w, 2), learningRate: tf.scalar(0.1), beta1Power: tf.scalar(0.9),
                  beta2Power: tf.scalar(0.999), beta1: tf.scalar(0.9), beta2: tf.scalar(0.999), epsilon: tf.scalar(1e-8), scale: tf.scalar(0.5),
                },
              ],
            };
          },
        },
      },
    }); // prettier-ignore
    program.assign({ w: someValues(24) });
    const seen: TensorData[] = [];
    for (let turn = 0; turn < 3; turn++)
      seen.push(...Object.values(program.run('step', {})), ...Object.values(program.read(['w', 'average'])));
    program.dispose();
    return seen;
  };
}

describe('a weight that is scaled where it lies', () => {
  it.each([
    ['nothing else', () => ({ outputs: {} })],
    ['an output made of it', (w: tf.Tensor) => ({ outputs: { norm: tf.sum(tf.square(tf.transpose(w))) } })],
    ['itself as an output', (w: tf.Tensor) => ({ outputs: { before: tf.reshape(w, [24]) } })],
    ['another variable that takes its value', (w: tf.Tensor) => ({ outputs: {}, updates: { average: w } })],
    [
      'another variable that takes half of it',
      (w: tf.Tensor) => ({ outputs: {}, updates: { average: tf.div(w, 2) } }),
    ],
  ])('leaves its old value to %s', (_, others) => {
    const run = step(others);
    const [compiled, interpreted] = [run(compileProgram), run(interpretProgram)];
    expect(compiled).toHaveLength(interpreted.length);
    compiled.forEach((values, at) =>
      expect(largestError(values, interpreted[at] as TensorData, 0.1)).toBeLessThan(16),
    );
  });
});
