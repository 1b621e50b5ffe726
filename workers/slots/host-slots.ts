import { GpuPool } from '../gpu/pool.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { HostLoad } from './host-load.js';
import { MemoryPool } from './memory-pool.js';
import { SharedSlots } from './shared-slots.js';

/** How many stages may run at once; absent: as many as the host has room for. */
export interface SlotCounts {
  /** On queues without the label `gpu`. */
  readonly cpu?: number;
  /** On queues with it. */
  readonly gpu?: number;
}

/** What the stages of one host share. */
export interface HostSlots {
  readonly cpu: SharedSlots;
  readonly gpu: SharedSlots;
  /** One, for saying what this host serves: none while all of its GPUs have failed, so that nobody waits for them. */
  readonly presence: SharedSlots;
  readonly pool: GpuPool;
  readonly memory: MemoryPool;
}

/**
 * CPU: the number that was given, or one a core, while neither the CPU nor memory is nearly used up. GPU: the number that was
 * given, or one a device.
 *
 * @param devices indices of the GPUs that work
 * @throws DiagnosticError `bad-gpu-slots`
 */
export function createHostSlots(counts: SlotCounts, devices: readonly number[]): HostSlots {
  const load = new HostLoad();
  const cpu =
    counts.cpu === undefined
      ? new SharedSlots(load.cores, (taken) => taken === 0 || !load.isBusy())
      : new SharedSlots(counts.cpu);
  // A label `gpu` that was given to a host without one still has a queue: its stages may ask for no device.
  const total = counts.gpu ?? Math.max(1, devices.length);
  const shares = sharesOf(total, devices.length);
  const pool = new GpuPool(devices, shares);
  const gpu = new SharedSlots(total, (taken) => {
    // A device that has failed takes its slots with it.
    const usable = devices.length === 0 ? total : Math.min(total, pool.working.length * shares);
    return usable > 0 && (taken === 0 || taken + pool.surplus < usable);
  });
  const presence = new SharedSlots(1, () => devices.length === 0 || pool.working.length > 0);
  return { cpu, gpu, presence, pool, memory: new MemoryPool(load.memory) };
}

/** More slots than devices: each is lent to so many stages at once, which divide its memory among themselves. */
function sharesOf(slots: number, devices: number): number {
  if (devices === 0 || slots <= devices) return 1;
  if (slots % devices === 0) return slots / devices;
  throw new DiagnosticError('bad-gpu-slots', {
    message: `${slots} GPU slots cannot be divided evenly among ${devices} GPUs`,
    expected: `at most ${devices}, or a multiple of it`,
    fix: 'change --slots gpu=N',
  });
}
