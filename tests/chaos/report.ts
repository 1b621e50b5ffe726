import { writeFileSync } from 'node:fs';
import type { BucketLeftovers } from './buckets.js';

export interface ChaosOptions {
  readonly minutes: number;
  readonly seed: number;
  /** Pipelines that run at a time: those with a git workspace on the shared hosts, and those of a person at a terminal. */
  readonly onHosts: number;
  readonly atTerminals: number;
  /** Of 0.3 s, in each training. */
  readonly steps: number;
  log(line: string): void;
}

export interface ChaosReport {
  readonly seconds: number;
  readonly runs: number;
  /** Of those on the shared hosts: how many were continued as new. */
  readonly continued: number;
  readonly mischief: Readonly<Record<string, number>>;
  readonly s3: {
    readonly requests: number;
    readonly refused: number;
    readonly cut: number;
    readonly lost: number;
  };
  readonly training: { readonly starts: number; readonly steps: number; readonly repeated: number };
  /** How often a person had to give a command, for how many that were done. */
  readonly commands: {
    readonly given: number;
    readonly done: number;
    readonly complaints: readonly string[];
  };
  /** Workers that ended though nobody had ended them; they were started again. */
  readonly workers: readonly string[];
  /** Seconds from a run's start to its end: middle and longest. */
  readonly runSeconds: { readonly median: number; readonly longest: number };
  /** In the buckets when all had ended, for the hourly sweep or for expiry to remove. */
  readonly left: BucketLeftovers;
  /** What should not be. Empty when all is well. */
  readonly wrong: readonly string[];
}

/** For a person who wants the figures. */
export function saveReport(report: ChaosReport, file: string): void {
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}
