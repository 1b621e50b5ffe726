import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { backend } from './backend.js';
import { threadCount } from './threads.js';

export interface Gpu {
  readonly name: string;
  /** Of the NVIDIA driver. */
  readonly driver: string;
}

export interface Devices {
  /** Version of the native library. */
  readonly tensorflow: string;
  readonly cpu: string;
  readonly threads: number;
  /** Those that TensorFlow works on; empty when it works on the CPU. */
  readonly gpus: readonly Gpu[];
}

/** What tensors are calculated on. */
export function devices(): Devices {
  return {
    tensorflow: backend.binding.TF_Version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    threads: Number(process.env.TF_NUM_INTRAOP_THREADS ?? threadCount()),
    gpus: backend.binding.isUsingGpuDevice() ? gpus() : [],
  };
}

/** A driver that hangs does not answer at all. */
const ANSWER_MS = 10_000;

/**
 * TensorFlow numbers its devices without naming them; the driver's own tool has the names of those that CUDA_VISIBLE_DEVICES leaves,
 * by number or UUID.
 */
export function gpus(env: NodeJS.ProcessEnv = process.env): Gpu[] {
  const query = ['--query-gpu=name,driver_version', '--format=csv,noheader'];
  const visible = env.CUDA_VISIBLE_DEVICES;
  if (visible !== undefined) query.push(`--id=${visible}`);
  const { stdout, status } = spawnSync('nvidia-smi', query, { encoding: 'utf8', env, timeout: ANSWER_MS });
  if (status !== 0) return [{ name: 'GPU', driver: 'unknown' }];
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [name = 'GPU', driver = 'unknown'] = line.split(', ');
      return { name, driver };
    });
}
