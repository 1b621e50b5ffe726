import type { WorkerDescription } from '../../workflows/index.js';
import type { WatchedGpus } from '../gpu/watched-gpus.js';
import type { HostSlots } from './host-slots.js';
import type { SharedSlots } from './shared-slots.js';

/** What of a host is in use at this moment, and by what; its GPU slots only where it serves the label. */
export function useOfHost(
  { cpu, gpu, pool }: HostSlots,
  { problems }: WatchedGpus,
  servesGpu: boolean,
): Pick<WorkerDescription, 'slots' | 'gpus' | 'gpuProblems' | 'stages'> {
  return {
    slots: { cpu: useOf(cpu), ...(servesGpu ? { gpu: useOf(gpu) } : {}) },
    gpus: { used: pool.leased.length, total: pool.working.length },
    ...(problems.length === 0 ? {} : { gpuProblems: problems.map(({ message }) => message) }),
    stages: [...cpu.stages, ...gpu.stages],
  };
}

const useOf = (slots: SharedSlots) => ({ used: slots.stages.length, total: slots.total });
