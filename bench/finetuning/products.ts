import { compileProgram, tf } from '../../compute/index.js';
import type { Setting } from './setting.js';

/** ResNet-50 with the stride in its 3 × 3 convolutions: multiplications of one image of 224². */
const RESNET50_MULTIPLICATIONS = 4.09e9;

/** Floating-point operations in the products and convolutions of one training step, two for each multiplication. */
export function productOperations({ model, method, config, rows, width }: Setting): number {
  if (model === 'resnet50') return passes(method) * 2 * RESNET50_MULTIPLICATIONS * rows;
  const number = (...names: string[]): number => Number(names.map((name) => config[name]).find(Boolean));
  const hidden = number('hidden_size', 'n_embd');
  const layers = number('num_hidden_layers', 'n_layer');
  const tokens = rows * width;
  const head = model === 'gpt2' ? hidden * number('vocab_size') : 0;
  const byWeights = 2 * tokens * (layers * 12 * hidden ** 2 + head);
  const attention = 2 * tokens * layers * 2 * width * hidden;
  return passes(method) * byWeights + 3 * attention;
}

/** Forward, the inputs' gradients, and the weights' where these train. Adapters and LoRA's own products are left out. */
const passes = (method: Setting['method']): number => (method === 'full' ? 3 : 2);

const SIDE = 2048;
const TRIES = 7;

/** Operations in a second of CPU time in a product of two matrices of 2048² alone: the best of some. */
export function productRate(products: 'float32' | 'bfloat16'): number {
  const matrix = { shape: [SIDE, SIDE], dtype: 'float32' } as const;
  const program = compileProgram({
    variables: { a: matrix, b: matrix },
    signatures: {
      multiply: {
        feeds: {},
        products,
        build: ({ variables: { a, b } }) => ({
          outputs: { corner: tf.slice(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D), [0, 0], [1, 1]) },
        }),
      },
    },
  });
  const values = new Float32Array(SIDE * SIDE).fill(0.5);
  program.assign({ a: values, b: values });
  let best = Infinity;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const before = process.cpuUsage();
    program.run('multiply', {});
    const { user, system } = process.cpuUsage(before);
    if (attempt > 0) best = Math.min(best, (user + system) / 1e6);
  }
  program.dispose();
  return (2 * SIDE ** 3) / best;
}
