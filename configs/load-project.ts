import type { BaseConfig } from './base-config.js';
import type { DataConfig } from './data-config.js';
import type { EvaluationConfig } from './evaluation-config.js';
import type { FinetuningConfig } from './finetuning-config.js';
import { loadBaseConfig, loadDataConfig, loadEvaluationConfig } from './load-config.js';
import { loadFinetuningConfig } from './load-finetuning-config.js';
import { findProjectRoot } from './project-layout.js';

/** All of a project's configuration, as its stages see it. */
export interface ProjectConfig {
  /** Absolute. */
  readonly root: string;
  readonly base: BaseConfig;
  readonly data: DataConfig;
  readonly finetuning: FinetuningConfig;
  readonly evaluation: EvaluationConfig;
}

/**
 * @param from the project's folder, or one inside of it
 * @throws DiagnosticError `no-project`, and those of each part, with file, line and column
 */
export function loadProject(from: string = process.cwd()): ProjectConfig {
  const root = findProjectRoot(from);
  return {
    root,
    base: loadBaseConfig(root),
    data: loadDataConfig(root),
    finetuning: loadFinetuningConfig(root),
    evaluation: loadEvaluationConfig(root),
  };
}
