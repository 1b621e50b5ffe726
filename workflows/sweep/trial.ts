/** What is known of a sweep's project and of its trials, whatever was asked of it. */
import type { Reached, StageProgress } from '../types.js';

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

/** A figure that a trial reported at a step: the best of its own so far. */
export interface Report {
  readonly step: number;
  readonly value: number;
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
