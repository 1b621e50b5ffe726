/** `reprise/workflows`: what an application re-exports among its workflows, or calls in them. Safe in the sandbox. */
export { reproduce } from './reproduce/reproduce.js';
export { reproduceStage } from './reproduce/reproduce-stage.js';
export type {
  ReproduceInput,
  ReproduceResult,
  RunState,
  StageOutcome,
  StageProgress,
  StageState,
  StageSummary,
} from './types.js';
