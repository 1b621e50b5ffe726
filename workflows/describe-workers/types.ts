/** What a worker says of itself, and how it is asked. */

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

/** An application's workers poll it beside their own queue, which nobody else knows: nothing is ever put there. */
export const ANNOUNCE_QUEUE = 'reprise-workers';

/** The name of such a worker there. It has the queue whose workflows may ask it. */
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
