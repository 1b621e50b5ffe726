/** Wires Workers: queues from what the host has, slots, drain. */
export { createWorkers, type Workers, type WorkersOptions } from './create-workers.js';
export { probeGpus, type GpuDevice } from './gpu/probe.js';
export { releaseLost } from './release-lost.js';
