/** `reprise/workflows`: what an application re-exports among its workflows, or calls in them. Safe in the sandbox. */
export { reproduce } from './reproduce/reproduce.js';
export { reproduceStage } from './reproduce/reproduce-stage.js';
export { describeWorkers } from './describe-workers/describe-workers.js';
export { promote } from './promote/promote.js';
export { readLog } from './read-log/read-log.js';
export { retrain } from './retrain/retrain.js';
export { sweep } from './sweep/sweep.js';
export type {
  ReproduceInput,
  ReproduceResult,
  RunState,
  StageOutcome,
  StageProgress,
  StageState,
  StageSummary,
} from './types.js';
export type { PromoteInput, RetrainInput, RetrainResult, RetrainState } from './retrain/types.js';
export type { PromoteResult, PromoteState } from './promote/types.js';
export type { SweepInput, SweepResult, SweepState } from './sweep/types.js';
