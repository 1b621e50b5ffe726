import type { RegisteredVersion } from '../registry/registered-version.js';

/** MLflow's own words for how a run stands. */
export type RunStatus = 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED';

/** As MLflow writes them into a run's meta.yaml. */
export const STATUS_NUMBERS: Readonly<Record<RunStatus, number>> = {
  RUNNING: 1,
  FINISHED: 3,
  FAILED: 4,
  KILLED: 5,
};

export interface MetricPoint {
  readonly key: string;
  readonly value: number;
  readonly step: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** What one call may hold at most: see `LIMITS`. */
export interface LogBatch {
  readonly metrics: readonly MetricPoint[];
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** Data that a run has read. */
export interface DatasetInput {
  readonly name: string;
  /** At most 36 characters. */
  readonly digest: string;
  /** Where it is, for people: relative to the project. */
  readonly uri: string;
  readonly rows: number;
  /** Shown beside it: `training`, `validation`, `evaluation`. */
  readonly context: string;
}

export interface NewRun {
  readonly experimentId: string;
  readonly name: string;
  readonly startTime: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** Where runs are kept: MLflow's file store, or a server that speaks its REST API. */
export interface TrackingStore {
  /** Of the experiment of this name, which is made when there is none. */
  experiment(name: string): Promise<string>;
  createRun(run: NewRun): Promise<string>;
  /** A run of the experiment with this tag: the newest, or the oldest. */
  findRun(
    experimentId: string,
    tag: readonly [string, string],
    which?: 'newest' | 'oldest',
  ): Promise<FoundRun | undefined>;
  /** It is no longer found. */
  deleteRun(runId: string): Promise<void>;
  updateRun(runId: string, change: { readonly status: RunStatus; readonly endTime?: number }): Promise<void>;
  /** Of each metric that the run has, the highest step. */
  lastSteps(runId: string): Promise<ReadonlyMap<string, number>>;
  /** Adds metrics. Params and tags may be there already: a tag is replaced, a param has to be the same. */
  log(runId: string, batch: LogBatch): Promise<void>;
  logInputs(runId: string, inputs: readonly DatasetInput[]): Promise<void>;
  /** @param path in the run's artifacts, with slashes; what is there is replaced */
  putArtifact(runId: string, file: string, path: string): Promise<void>;
  /** Registers the model that the run keeps, and moves aliases. What is there already is left as it is. */
  putVersion(runId: string, version: RegisteredVersion): Promise<void>;
}

export interface FoundRun {
  readonly runId: string;
  readonly status: RunStatus;
  /** Milliseconds since the epoch. */
  readonly startTime: number;
}

/** MLflow's, of one call of log-batch and of single values. */
export const LIMITS = { metrics: 1000, params: 100, tags: 100, key: 250, param: 500, tag: 5000 } as const;

/** The store did not do it. `transient`: it may later, as when a server is down. */
export class StoreFailure extends Error {
  constructor(
    message: string,
    readonly transient: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'StoreFailure';
  }
}
