/** What a worker says of itself, and how it is asked. */

/** Slots or GPUs. */
export interface Use {
  readonly used: number;
  readonly total: number;
}

export interface WorkerDescription {
  /** `pid@hostId`. */
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

export interface DescribeActivities {
  describeWorker(): Promise<WorkerDescription>;
}
