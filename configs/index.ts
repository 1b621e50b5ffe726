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
export { languageCodes } from './languages.js';
export {
  findBaseConfig,
  loadBaseConfig,
  loadConfig,
  loadDataConfig,
  loadEvaluationConfig,
  readDataConfig,
  readEvaluationConfig,
  type LoadedConfig,
} from './load-config.js';
export { findProjectRoot, projectLayout } from './project-layout.js';
export { loadFinetuningConfig, readFinetuningConfig } from './load-finetuning-config.js';
export { loadProject, type ProjectConfig } from './load-project.js';
export { foreignSetting, type ForeignSetting } from './settings-of-task.js';
export { unusedSettings } from './unused-settings.js';
export type { UserCode } from './user-code.js';
