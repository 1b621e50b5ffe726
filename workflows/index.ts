/** The records and names that workflows, activities and clients share. The workflows themselves are in `registry.ts`. */
export { logQueue, type HostActivities, type LogPart, type ReadLogOptions } from './read-log/input.js';
export { reproduceInput } from './reproduce/input.js';
export { LONGEST_METRIC, MOST_METRICS } from './reproduce/progress.js';
export {
  ANNOUNCE_QUEUE,
  announcedAs,
  announcedLabels,
  announcedQueue,
  announcesLabelsOf,
  describeQueue,
  type DescribeActivities,
  type DescribeWorkersResult,
  type Use,
  type WorkerDescription,
} from './describe-workers/types.js';
export { EARLY_EVENTS_REFUSAL } from './refuse-early-events.js';
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
export { summaryOf } from './summary.js';
export { answerCommands, describe } from './promote/describe.js';
export { promoteInput } from './promote/input.js';
export { PROMOTION_DEFAULTS, type PromotionSettings } from './promote/settings.js';
export type {
  Answer,
  Candidate,
  ClassRegression,
  ContentReference,
  Decided,
  Estimate,
  Judged,
  Judgement,
  Lineage,
  ModelComparison,
  Notification,
  NotificationEvent,
  NotificationResult,
  PromoteResult,
  PromoteState,
  Verdict,
} from './promote/types.js';
export { RETRAIN_DEFAULTS, retrainInput, retrainSection, type RetrainSettings } from './retrain/input.js';
export type {
  JudgeInput,
  JudgeResult,
  NotificationChannel,
  NotifyInput,
  PlanRetrainInput,
  PredictInput,
  PromoteInput,
  PromoteModelInput,
  RetrainActivities,
  RetrainInput,
  RetrainPlan,
  RetrainResult,
  RetrainState,
} from './retrain/types.js';
export { NEW_DATA_SIGNAL } from './retrain/types.js';
export { sweepFile, sweepInput } from './sweep/input.js';
export type {
  SweepPlan,
  SweepRepository,
  TrialOutcome,
  TrialParams,
  TrialRef,
  TrialState,
  TrialValue,
} from './sweep/trial.js';
export type {
  BeginSweepInput,
  CollectTrialInput,
  CollectedTrial,
  RecordSweepInput,
  SweepActivities,
  SweepInput,
  SweepOptions,
  SweepResult,
  SweepState,
} from './sweep/types.js';
