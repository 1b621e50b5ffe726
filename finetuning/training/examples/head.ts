import type { FinetuningConfig, ProblemType } from '../../../configs/index.js';
import type { Task } from '../../models/network.js';
import { readOwnLabels, readProblem, readTask } from '../../models/read-network.js';

/** What a model is to be trained to say. */
export interface Head {
  readonly task: Task;
  readonly problem: ProblemType;
  /** Names that the model's config.json has for its classes. */
  readonly ownLabels: readonly string[];
}

/** @throws DiagnosticError `bad-model-config`, `bad-problem-type` */
export function readHead(modelDir: string, { problem_type }: Pick<FinetuningConfig, 'problem_type'>): Head {
  return {
    task: readTask(modelDir),
    problem: readProblem(modelDir, problem_type),
    ownLabels: readOwnLabels(modelDir),
  };
}
