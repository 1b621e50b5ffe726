import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { backend } from './backend.js';
import { computesOnGpu } from './computes-on-gpu.js';
import { threadCount } from './threads.js';

export interface Gpu {
  readonly name: string;
  /** Of the NVIDIA driver. */
  readonly driver: string;
  /** CUDA's compute capability; absent where the driver does not tell. */
  readonly capability?: number;
}

/** Bytes of a device, whoever took them. */
export interface DeviceMemory {
  readonly used: number;
  readonly free: number;
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
  // Older drivers refuse a query with a field that they do not know.
  const rows = ask(['name', 'driver_version', 'compute_cap'], env) ?? ask(['name', 'driver_version'], env);
  if (!rows) return [{ name: 'GPU', driver: 'unknown' }];
  return rows.map(([name = 'GPU', driver = 'unknown', capability = '']) => ({
    name,
    driver,
    ...(/^\d+\.\d+$/.test(capability) ? { capability: Number(capability) } : {}),
  }));
}

/** Of bfloat16: since Ampere. A GPU that has none does products of it in software, if at all. */
const MULTIPLIES_BFLOAT16 = 8;

/** Those that have no products of bfloat16. A CPU does them in any case. */
export function withoutBfloat16(env: NodeJS.ProcessEnv = process.env): readonly Gpu[] {
  if (!computesOnGpu()) return [];
  return gpus(env).filter(({ capability = MULTIPLIES_BFLOAT16 }) => capability < MULTIPLIES_BFLOAT16);
}

/** Of the GPU that tensors lie on, which is the first; `undefined` where they lie in the host's memory, or the driver does not tell. */
export function gpuMemory(env: NodeJS.ProcessEnv = process.env): DeviceMemory | undefined {
  if (!computesOnGpu()) return undefined;
  const [used, free] = (ask(['memory.used', 'memory.free'], env)?.[0] ?? []).map(
    (text) => Number.parseInt(text, 10) * 2 ** 20,
  );
  return used === undefined || free === undefined || Number.isNaN(used + free) ? undefined : { used, free };
}

/** A row for each device that CUDA_VISIBLE_DEVICES leaves. */
function ask(fields: readonly string[], env: NodeJS.ProcessEnv): string[][] | undefined {
  const query = [`--query-gpu=${fields.join(',')}`, '--format=csv,noheader'];
  const visible = env.CUDA_VISIBLE_DEVICES;
  if (visible !== undefined) query.push(`--id=${visible}`);
  const { stdout, status } = spawnSync('nvidia-smi', query, { encoding: 'utf8', env, timeout: ANSWER_MS });
  if (status !== 0) return undefined;
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split(', '));
}
