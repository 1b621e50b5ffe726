import { probeGpus } from '../../workers/gpu/probe.js';
import type { Finding } from './finding.js';

/** The CUDA devices, as nvidia-smi lists them: those that `reprise worker` would serve. */
export async function examineGpus(): Promise<readonly Finding[]> {
  const devices = await probeGpus();
  if (devices.length === 0) {
    return [{ name: 'gpu', part: 'optional', state: 'missing', detail: 'no CUDA device (nvidia-smi)' }];
  }
  return devices.map(({ index, name, memory, driver }) => ({
    name: `gpu-${index}`,
    part: 'optional',
    state: 'found',
    version: driver,
    detail: `${name}, ${memory} MiB`,
  }));
}
