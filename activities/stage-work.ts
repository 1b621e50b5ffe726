import type { LockEntry, Pipeline, Project, Remote, Stage } from '../dvc/index.js';
import type { RunStageInput } from '../workflows/index.js';
import type { AbsentState } from './absent-state.js';
import type { Beat } from './beat.js';
import type { ActivityDependencies } from './dependencies.js';
import type { GpuMeter } from './gpu-meter.js';

/** One execution of a stage, with what it needs. */
export interface StageWork {
  readonly deps: ActivityDependencies;
  readonly input: RunStageInput;
  readonly pipeline: Pipeline;
  readonly project: Project;
  readonly stage: Stage;
  /** In a private checkout: what is not there, and where it is. */
  readonly absent: AbsentState | undefined;
  /** In a folder that is worked in in place: what is missing there is brought from the remote. */
  readonly pulls: boolean;
  readonly remote: Remote | undefined;
  /** Entries of stages that this run has made. */
  readonly inputs: ReadonlyMap<string, LockEntry>;
  readonly beat: Beat;
  readonly meter: GpuMeter;
}
