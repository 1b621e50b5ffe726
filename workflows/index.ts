/** The workflows by the names they are started with, and the records they speak in. Sandbox-safe. */
export { reproduce } from './reproduce/reproduce.js';
export { reproduceInput } from './reproduce/input.js';
export { PROGRESS_SIGNAL, SEARCH_ATTRIBUTES, STATE_QUERY, WORKFLOW_QUEUE, stageQueue } from './types.js';
export type {
  CommitLockInput,
  Plan,
  PlannedStage,
  ReproduceInput,
  ReproduceOptions,
  ReproduceResult,
  RunStageInput,
  RunStageResult,
  RunState,
  StageError,
  StageOutcome,
  StageProgress,
  StageState,
  StageSummary,
  Workspace,
} from './types.js';
