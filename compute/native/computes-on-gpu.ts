import { backend } from './backend.js';

/**
 * Whether tensors are calculated on a GPU. There some of TensorFlow's kernels add up in an order that differs from run to run, and are
 * refused while `TF_DETERMINISTIC_OPS` is set (see `environment.ts`): the same is then done by others.
 *
 * `REPRISE_GRAPHS_FOR=gpu` has it done so on a CPU, too: for tests.
 */
export function computesOnGpu(): boolean {
  return process.env.REPRISE_GRAPHS_FOR === 'gpu' || backend.binding.isUsingGpuDevice();
}
