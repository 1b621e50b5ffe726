import { compileProgram, gelu, tf } from '../../../compute/index.js';
import { backend } from '../../../compute/native/backend.js';
import { someValues } from '../both-ways.js';

const SIZE = 256;

describe('a program that runs a thousand times', () => {
  it('keeps no more memory than after the first runs', () => {
    const spec = { shape: [SIZE, SIZE], dtype: 'float32' as const };
    const program = compileProgram({
      variables: { w: spec },
      signatures: {
        step: {
          feeds: { x: spec },
          build: ({ variables: { w }, feeds: { x } }) => {
            const y = gelu(tf.matMul(x as tf.Tensor, w as tf.Tensor));
            return { outputs: { y }, updates: { w: tf.sub(w as tf.Tensor, tf.mul(y, 1e-6)) } };
          },
        },
      },
    });
    program.assign({ w: someValues(SIZE * SIZE, 0.1) });
    const run = (times: number): void => {
      for (let index = 0; index < times; index++) program.run('step', { x: someValues(SIZE * SIZE, 0.1) });
    };
    run(200);
    const [rss, tensors] = [process.memoryUsage.rss(), backend.binding.getNumOfTensors()];
    run(1000);
    // A leak of one tensor per run would be 256 MiB.
    expect(process.memoryUsage.rss() - rss).toBeLessThan(64 * 2 ** 20);
    expect(backend.binding.getNumOfTensors()).toBe(tensors);
    program.dispose();
  });

  it('gives back what it held', () => {
    const held = (): void => {
      const program = compileProgram({
        variables: { w: { shape: [4096, 4096], dtype: 'float32' } },
        signatures: {
          sum: { feeds: {}, build: ({ variables: { w } }) => ({ outputs: { sum: tf.sum(w as tf.Tensor) } }) },
        },
      });
      program.run('sum', {});
      program.dispose();
      program.dispose();
      expect(() => program.run('sum', {})).toThrow('disposed');
    };
    held();
    const rss = process.memoryUsage.rss();
    for (let index = 0; index < 10; index++) held();
    // Each holds 64 MiB.
    expect(process.memoryUsage.rss() - rss).toBeLessThan(128 * 2 ** 20);
  });
});
