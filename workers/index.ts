/** Wires Workers: queues from what the host has, slots, drain. */
export { createWorkers, type Workers, type WorkersOptions } from './create-workers.js';
export { describeGpu, probeGpus, type GpuDevice, type GpuProblem } from './gpu/probe.js';
export { dataConverter } from './payload-codec.js';
export { hostIdOf } from './host/host-id.js';
export type { SlotCounts } from './slots/host-slots.js';
export { releaseLost } from './release-lost.js';
export { noticeSource, type NoticeSource } from './preemption/notices.js';
export { watchPreemption } from './preemption/watch.js';
