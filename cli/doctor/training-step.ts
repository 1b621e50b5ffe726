/**
 * A process of its own, so that a crash in the native library is only an answer: a few steps of a training that has of everything a
 * little. A convolution (cuDNN on a GPU), a product (cuBLAS), functions that are compiled on the spot (XLA, which on a GPU wants
 * `ptxas` and `libdevice`), random numbers, and Adam's kernel.
 */
import {
  compileProgram,
  conv2d,
  counterKeys,
  devices,
  dropout,
  gelu,
  sparseCrossEntropy,
  tf,
  type ProgramDefinition,
} from '../../compute/index.js';
import type { TrainingStep } from './native-library.js';

const [ROWS, SIDE, CHANNELS, CLASSES] = [8, 6, 4, 3];
const STEPS = 6;
const shapes = { filter: [CHANNELS, 1, 3, 3], table: [CLASSES, SIDE * SIDE * CHANNELS] };
const trained = Object.keys(shapes);

const definition: ProgramDefinition = {
  variables: Object.fromEntries(
    Object.entries(shapes).flatMap(([name, shape]) =>
      ['', '/m', '/v'].map((part) => [`${name}${part}`, { shape, dtype: 'float32' as const }]),
    ),
  ),
  signatures: {
    train: {
      feeds: {
        images: { shape: [ROWS, SIDE, SIDE, 1], dtype: 'float32' },
        labels: { shape: [ROWS], dtype: 'int32' },
        counter: { shape: [2], dtype: 'int32' },
      },
      build({ variables, feeds }) {
        const key = counterKeys(feeds.counter as tf.Tensor1D)('images');
        const weights = trained.map((name) => variables[name] as tf.Variable);
        const { value, grads } = tf.variableGrads(() => {
          const seen = conv2d(feeds.images as tf.Tensor4D, variables.filter as tf.Tensor as tf.Tensor4D, {
            stride: 1,
            padding: 1,
          });
          const flat = tf.reshape(dropout(gelu(seen), 0.1, key), [ROWS, -1]);
          const logits: tf.Tensor2D = tf.matMul(flat, variables.table as tf.Variable, false, true);
          return tf.mean(sparseCrossEntropy(logits, feeds.labels as tf.Tensor1D)) as tf.Scalar;
        }, weights);
        return {
          outputs: { loss: value },
          adam: trained.map((variable, index) => ({
            variable,
            m: `${variable}/m`,
            v: `${variable}/v`,
            gradient: grads[(weights[index] as tf.Variable).name] as tf.Tensor,
            learningRate: tf.scalar(0.05),
            beta1Power: tf.scalar(0.9),
            beta2Power: tf.scalar(0.999),
            beta1: tf.scalar(0.9),
            beta2: tf.scalar(0.999),
            epsilon: tf.scalar(1e-8),
          })),
        };
      },
    },
  },
};

const values = (size: number, scale: number): Float32Array =>
  Float32Array.from({ length: size }, (_, index) => Math.sin(index * 12.9898 + 1) * scale);
const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

const program = compileProgram(definition);
program.assign(
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, values(sizeOf(shape), 0.3)])),
);
const feeds = { images: values(ROWS * SIDE * SIDE, 1), labels: Int32Array.of(0, 1, 2, 0, 1, 2, 0, 1) };
const losses: number[] = [];
let milliseconds = Infinity;
for (let step = 0; step < STEPS; step++) {
  const started = performance.now();
  losses.push(program.run('train', { ...feeds, counter: Int32Array.of(7, step) }).loss?.[0] as number);
  milliseconds = Math.min(milliseconds, performance.now() - started);
}
program.dispose();
const { tensorflow, gpus } = devices();
const answer: TrainingStep = {
  version: tensorflow,
  gpus: gpus.map(({ name }) => name),
  losses: [losses[0] as number, losses.at(-1) as number],
  milliseconds,
};
process.stdout.write(`\n${JSON.stringify(answer)}\n`);
