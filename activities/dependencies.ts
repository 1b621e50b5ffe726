import type { Client } from '@temporalio/client';

/** Lends GPUs to stages; `workers/` has the pool. */
export interface GpuLeases {
  hold<T>(count: number, signal: AbortSignal, run: (devices: readonly number[]) => Promise<T>): Promise<T>;
  /** Asked when a command that held them has failed: it may not be its fault. */
  areWorking(devices: readonly number[]): Promise<boolean>;
}

/** Keeps stages apart that need more memory together than their host has; `workers/` has the pool. */
export interface MemoryLeases {
  /** @throws DiagnosticError `too-little-memory` when the host has not so much at all */
  hold<T>(bytes: number, signal: AbortSignal, run: () => Promise<T>): Promise<T>;
}

/** What runs at once on a host; `workers/` has the slots. */
export interface StageSlots {
  /** Runs a stage; undefined when all slots are taken. */
  tryHold<T>(address: string, run: () => Promise<T>): Promise<T> | undefined;
}

/** The address of a run in the server's UI. */
export type RunAddress = (workflowId: string, runId: string) => string | undefined;

/** What the activities need from the worker that runs them. */
export interface ActivityDependencies {
  /** Absolute folder that the worker serves: workspaces lie inside it. */
  readonly root: string;
  /** Git repositories whose runs it takes: URLs, beginnings of URLs that end in `/`, or `*`. */
  readonly repositories: readonly string[];
  /** Speaks to the server that the worker polls. */
  readonly client: Client;
  readonly gpus: GpuLeases;
  readonly memory: MemoryLeases;
  readonly slots: StageSlots;
  /** Executable that `reprise` means in a stage's command. */
  readonly executable: string | undefined;
  /** Where a person can watch a run, where that is known. */
  readonly runAddress?: RunAddress;
  /** Names this host in queues and in progress. */
  readonly hostId: string;
}
