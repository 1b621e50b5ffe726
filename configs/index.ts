export { baseConfigSchema, type BaseConfig } from './base-config.js';
export {
  dataConfigSchema,
  type DataConfig,
  type IngestionConfig,
  type PicturesConfig,
  type PreparationConfig,
  type PreprocessingConfig,
  type RecordFields,
  type SplitConfig,
  type TextsConfig,
} from './data-config.js';
export { evaluationConfigSchema, type EvaluationConfig } from './evaluation-config.js';
export {
  finetuningConfigSchema,
  finetuningMethods,
  withMethod,
  type AdapterConfig,
  type FinetuningConfig,
  type FinetuningMethod,
  type LoraConfig,
} from './finetuning-config.js';
export { loadBaseConfig, loadConfig, loadDataConfig, loadEvaluationConfig } from './load-config.js';
export { findProjectRoot, projectLayout } from './project-layout.js';
export { loadFinetuningConfig } from './load-finetuning-config.js';
