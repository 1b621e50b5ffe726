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
  problemTypes,
  withMethod,
  type AdapterConfig,
  type FinetuningConfig,
  type FinetuningMethod,
  type LoraConfig,
  type ProblemType,
} from './finetuning-config.js';
export {
  findBaseConfig,
  loadBaseConfig,
  loadConfig,
  loadDataConfig,
  loadEvaluationConfig,
} from './load-config.js';
export { findProjectRoot, projectLayout } from './project-layout.js';
export { loadFinetuningConfig, readFinetuningConfig } from './load-finetuning-config.js';
export { foreignSetting, type ForeignSetting } from './settings-of-task.js';
export { unusedSettings } from './unused-settings.js';
