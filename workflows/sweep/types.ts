/** What crosses Temporal for a sweep: records and references. Safe to import in the workflow sandbox and outside. */
import type { z } from 'zod';
import type { ReproduceInput, StageProgress } from '../types.js';
import type { sweepInput } from './input.js';
import type { SweepPlan, SweepRepository, TrialParams, TrialRef, TrialState } from './trial.js';

/** As written by a person. */
export type SweepInput = z.input<typeof sweepInput>;
export type SweepOptions = z.output<typeof sweepInput>;

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
