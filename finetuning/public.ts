/**
 * `reprise/finetuning`: what a project's own code is written against. The template's docs/api_reference.md describes it.
 * Nothing here loads the native library.
 */
export {
  loadProject,
  type BaseConfig,
  type DataConfig,
  type EvaluationConfig,
  type FinetuningConfig,
  type ProjectConfig,
} from '../configs/index.js';
export { DiagnosticError } from '../diagnostics/index.js';
export type {
  CheckpointInfo,
  Control,
  CreateCallback,
  EndInfo,
  EpochInfo,
  EvaluateInfo,
  Json,
  StepInfo,
  TrainingCallback,
} from './training/callbacks/callback.js';
export type { CleaningStep, CreateStep, RowFacts } from './user-code/cleaning-step.js';
export type {
  CreateMetric,
  JudgedRow,
  LabelledAnswer,
  LabelsAnswer,
  LanguageAnswer,
  Metric,
  NumberAnswer,
} from './user-code/metric.js';
