import type { Client } from '@temporalio/client';

/** Lends GPUs to stages; `workers/` has the pool. */
export interface GpuLeases {
  hold<T>(count: number, signal: AbortSignal, run: (devices: readonly number[]) => Promise<T>): Promise<T>;
}

/** What the activities need from the worker that runs them. */
export interface ActivityDependencies {
  /** Absolute folder that the worker serves: workspaces lie inside it. */
  readonly root: string;
  /** Git repositories whose runs it takes: URLs, beginnings of URLs that end in `/`, or `*`. */
  readonly repositories: readonly string[];
  /** Speaks to the server that the worker polls. */
  readonly client: Client;
  readonly gpus: GpuLeases;
  /** Executable that `reprise` means in a stage's command. */
  readonly executable: string | undefined;
  /** How progress names this host. */
  readonly host: string;
}
