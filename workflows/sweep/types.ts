/** What crosses Temporal for a sweep: records and references. Safe to import in the workflow sandbox and outside. */
import type { z } from 'zod';
import type { Reached, ReproduceInput, StageProgress } from '../types.js';
import type { sweepInput } from './input.js';

/** As written by a person. */
export type SweepInput = z.input<typeof sweepInput>;
export type SweepOptions = z.output<typeof sweepInput>;

export type TrialValue = string | number | boolean | null;
export type TrialParams = Readonly<Record<string, TrialValue>>;

export type TrialOutcome = 'done' | 'failed' | 'stopped' | 'canceled';

export interface TrialState {
  /** Its name within the sweep: `003`, and, once it was promoted, `003-r1`. */
  readonly label: string;
  /** From 1. */
  readonly number: number;
  /** 0, or how often it was promoted. */
  readonly rung: number;
  readonly params: TrialParams;
  readonly status: 'preparing' | 'running' | 'saving' | TrialOutcome;
  /** The metric's value. */
  readonly value?: number;
  /** What it had reported when it stopped at its rung, where trials are compared by what they report. */
  readonly reached?: Reached;
  /** Under which DVC lists it. */
  readonly experiment?: { readonly name: string; readonly commit: string };
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly finishedAt?: number;
  /** GPUs that its stages held, times the seconds that they held them. */
  readonly gpuSeconds?: number;
  /** Why it failed or was stopped. */
  readonly reason?: string;
  readonly progress?: StageProgress;
}

export interface SweepState {
  readonly status: 'preparing' | 'running' | 'succeeded' | 'failed' | 'canceled';
  readonly id: string;
  readonly project?: string;
  readonly method: SweepOptions['method'];
  readonly metric: string;
  readonly direction: SweepOptions['direction'];
  readonly trials: readonly TrialState[];
  /** Label of the best trial so far. */
  readonly best?: string;
  /** Why no more trials begin: `budgetHours is spent`. */
  readonly ending?: string;
  readonly startedAt: number;
  readonly gpuHours: number;
  /** Of a sweep over a repository: what it is of. */
  readonly git?: SweepRepository;
  /** What became of `applyBest`. */
  readonly applied?: { readonly label: string; readonly error?: string };
}

/** The workflow's result; when every trial failed, the first of the failure's details. */
export interface SweepResult extends SweepState {
  readonly seconds: number;
}

/** Sent by a trial's `reproduce` to its sweep. */
export interface TrialProgress {
  readonly workflowId: string;
  readonly progress: StageProgress;
}

export interface BeginSweepInput {
  readonly workspace: SweepOptions['workspace'];
  readonly id: string;
  /** The workflow's first run. */
  readonly run: string;
  readonly params: readonly string[];
  readonly metric: string;
  readonly targets: readonly string[];
}

/** A sweep whose project is frozen. */
export interface SweepPlan {
  readonly id: string;
  readonly project: string;
  /** Absolute root of the user's project, and the folder in it that the sweep is about. */
  readonly root: string;
  readonly folder: string;
  readonly baseline: string;
  /** Given: there is no such folder; hosts make checkouts of this repository. */
  readonly git?: SweepRepository;
}

export interface SweepRepository {
  readonly url: string;
  /** All 40 digits: what the sweep's experiments are on. */
  readonly commit: string;
  /** Folder of the DVC project in it. */
  readonly path: string;
  /** Name of the DVC remote; absent: the project's default. */
  readonly remote?: string;
}

export interface TrialRef {
  readonly root: string;
  readonly folder: string;
  readonly sweep: string;
  readonly label: string;
  readonly git?: SweepRepository;
  /** Its checkpoints outlive its copy, under this name: the trial that it is promoted to goes on from them. */
  readonly checkpoints?: string;
}

export interface CollectTrialInput extends TrialRef {
  readonly metric: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface CollectedTrial {
  readonly value: number;
  readonly experiment: { readonly name: string; readonly commit: string };
}

export interface RecordSweepInput {
  readonly root: string;
  /** Given: the record is in this repository, not in a folder. */
  readonly git?: SweepRepository;
  readonly workflowId: string;
  readonly run: string;
  /** With those trials alone that changed since it was recorded before. */
  readonly state: SweepState;
}

/** The activities of a sweep as the workflow sees them. */
export interface SweepActivities {
  beginSweep(input: BeginSweepInput): Promise<SweepPlan>;
  prepareTrial(
    trial: TrialRef & { readonly params: TrialParams },
  ): Promise<NonNullable<NonNullable<ReproduceInput>['workspace']>>;
  collectTrial(trial: CollectTrialInput): Promise<CollectedTrial>;
  removeTrial(trial: TrialRef): Promise<void>;
  recordSweep(input: RecordSweepInput): Promise<void>;
  applyTrial(trial: TrialRef & { readonly commit: string }): Promise<void>;
}
