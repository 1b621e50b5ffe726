/** The records and names that workflows, activities and clients share. The workflows themselves are in `registry.ts`. */
export {
  logQueue,
  readLogInput,
  type HostActivities,
  type LogPart,
  type ReadLogOptions,
} from './read-log/input.js';
export { reproduceInput } from './reproduce/input.js';
export {
  describeQueue,
  type DescribeActivities,
  type DescribeWorkersResult,
  type Use,
  type WorkerDescription,
} from './describe-workers/types.js';
export {
  PROGRESS_SIGNAL,
  SEARCH_ATTRIBUTES,
  SERVER_SETTINGS,
  STATE_QUERY,
  WORKFLOW_QUEUE,
  hostQueue,
  stageQueue,
} from './types.js';
export type {
  CommitLockInput,
  GitWorkspace,
  PathWorkspace,
  Plan,
  PlannedStage,
  PublishInput,
  Published,
  ReproduceActivities,
  ReproduceInput,
  ReproduceOptions,
  ReproduceResult,
  RunStageInput,
  RunStageResult,
  RunMemo,
  RunState,
  StageError,
  StageOutcome,
  StageProgress,
  StageState,
  StageSummary,
  StageUsage,
  Workspace,
} from './types.js';
