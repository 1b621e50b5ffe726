import { createRequire } from 'node:module';
import { threadCount } from './threads.js';

/** libtensorflow reads these once, while it is loaded. What the user has set stands. */
export function prepareEnvironment(env: NodeJS.ProcessEnv = process.env): void {
  const threads = String(threadCount(env));
  env.TF_NUM_INTRAOP_THREADS ??= threads;
  env.TF_NUM_INTEROP_THREADS ??= threads;
  // Errors only: warnings tell of optional features that this build lacks.
  env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  // Eager execution and the compiled graphs share the device; neither may take all of its memory.
  env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  // A training that is taken up again ends with the bytes of one that was not disturbed: on a GPU this has kernels add up in one
  // order, and none is chosen by how long it takes (tensorflow/core/util/determinism.h). A CPU's do so anyway.
  env.TF_DETERMINISTIC_OPS ??= '1';
  // Products of float32 are float32's: TensorFlow would round their inputs to 10 bits, where PyTorch does not.
  env.NVIDIA_TF32_OVERRIDE ??= '0';
  // CUDA_VISIBLE_DEVICES counts as nvidia-smi does; by default CUDA puts the fastest device first.
  env.CUDA_DEVICE_ORDER ??= 'PCI_BUS_ID';
}

/** Node 23 took away the type tests of `util` that tfjs-node-gpu calls; Node 22 warns of each on stderr. */
export function restoreUtilTypeTests(): void {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util.isNullOrUndefined = (value: unknown): boolean => value === null || value === undefined;
  util.isArray = (value: unknown): boolean => Array.isArray(value);
}
