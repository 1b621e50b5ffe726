/** What a worker says of itself, and how it is asked. */
import { stageQueue } from '../types.js';

/** Slots or GPUs. */
export interface Use {
  readonly used: number;
  readonly total: number;
}

export interface WorkerDescription {
  /** `pid@hostId`; of an application's worker, as {@link announcedAs} has it. */
  readonly identity: string;
  readonly hostId: string;
  /** Absolute folder that it serves. */
  readonly project: string;
  readonly labels: readonly string[];
  readonly queues: readonly string[];
  readonly buildId: string;
  /** Absent: it is not versioned. */
  readonly deployment?: string;
  readonly slots: { readonly cpu: Use; readonly gpu?: Use };
  /** Of those that work. */
  readonly gpus: Use;
  /** What is wrong with others, or with the driver. */
  readonly gpuProblems?: readonly string[];
  /** Addresses of the stages that run. */
  readonly stages: readonly string[];
}

export interface DescribeWorkersResult {
  readonly workers: readonly WorkerDescription[];
}

/** Where one worker process answers. */
export function describeQueue(identity: string): string {
  return `reprise-worker@${identity}`;
}

/** Where workers say that they are there, by polling it: nothing is ever put there. */
export const ANNOUNCE_QUEUE = 'reprise-workers';

/** The name of a `reprise worker` there. While its slots are all taken, it polls no queue of its labels. */
export function announcedLabels(identity: string, labels: readonly string[]): string {
  return `${identity} serves ${stageQueue(labels)}`;
}

/** Whether the worker of this name serves a queue, which is one of labels that it has. */
export function announcesLabelsOf(name: string, queue: string): boolean {
  const served = labelsOf(/ serves (\S+)$/.exec(name)?.[1]);
  const asked = labelsOf(queue);
  return served.length > 0 && asked.length > 0 && asked.every((label) => served.includes(label));
}

/** As {@link stageQueue} joins them; none of another queue, such as that of one host. */
function labelsOf(queue = ''): readonly string[] {
  return /^reprise-([^@]+)$/.exec(queue)?.[1]?.split('-') ?? [];
}

/** The name of an application's worker there, whose own queue nobody else knows. It has the queue whose workflows may ask it. */
export function announcedAs(identity: string, taskQueue: string): string {
  return `${identity} on ${taskQueue}`;
}

/** Undefined where it is no name of {@link announcedAs}. */
export function announcedQueue(name: string): string | undefined {
  return / on (.+)$/.exec(name)?.[1];
}

export interface DescribeActivities {
  describeWorker(): Promise<WorkerDescription>;
}
