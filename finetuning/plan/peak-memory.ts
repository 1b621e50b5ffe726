import { existsSync, readFileSync } from 'node:fs';
import { gpuMemory } from '../../compute/index.js';

const STATUS = '/proc/self/status';

/**
 * Bytes: the most that this process ever had in the memory that tensors lie in. Of a GPU's, TensorFlow gives nothing back while it
 * runs: what has been taken since another process looked. On Linux, what `resourceUsage` says begins with the memory of the process that
 * started this one.
 *
 * @param usedBefore bytes of the GPU, which others have
 */
export function peakMemory(usedBefore = 0): number {
  const gpu = gpuMemory();
  if (gpu) return Math.max(0, gpu.used - usedBefore);
  const status = existsSync(STATUS) ? readFileSync(STATUS, 'utf8') : '';
  return 1024 * Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
}
