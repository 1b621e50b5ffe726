import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface GpuDevice {
  /** As CUDA numbers it. */
  readonly index: number;
  readonly name: string;
  /** MiB. */
  readonly memory: number;
  readonly driver: string;
}

const QUERY = ['--query-gpu=index,name,memory.total,driver_version', '--format=csv,noheader,nounits'];

/**
 * The CUDA devices of this host, as far as `CUDA_VISIBLE_DEVICES` lets it use them. None when there is no NVIDIA driver, or
 * one that does not answer: such a host must not be given GPU work.
 */
export async function probeGpus(env: NodeJS.ProcessEnv = process.env): Promise<readonly GpuDevice[]> {
  let text: string;
  try {
    ({ stdout: text } = await promisify(execFile)('nvidia-smi', QUERY, { env, timeout: 10_000 }));
  } catch {
    return [];
  }
  const devices = parseSmi(text);
  const visible = env['CUDA_VISIBLE_DEVICES'];
  if (visible === undefined) return devices;
  const allowed = new Set(visible.split(',').map((entry) => entry.trim()));
  return devices.filter((device) => allowed.has(String(device.index)));
}

/** One line a device: `0, NVIDIA H100 80GB HBM3, 81559, 550.54.15`. */
export function parseSmi(text: string): readonly GpuDevice[] {
  return text
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .filter((fields) => fields.length === 4 && /^\d+$/.test(fields[0] ?? ''))
    .map(([index = '', name = '', memory = '', driver = '']) => ({
      index: Number(index),
      name,
      memory: Number(memory),
      driver,
    }));
}
