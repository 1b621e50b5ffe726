import { foreignSetting, type FinetuningConfig } from '../../configs/index.js';
import { DiagnosticError, type Locator } from '../../diagnostics/index.js';
import type { Task } from '../models/network.js';

/**
 * Refuses what the model would pass over: who set it would believe that it was done.
 *
 * @param places where the settings are written, if in files
 * @throws DiagnosticError `bad-config`
 */
export function checkSettings(config: FinetuningConfig, task: Task, places?: Locator): void {
  const foreign = foreignSetting(config, task);
  if (!foreign) return;
  const { path, value, tasks, because } = foreign;
  const name = path.join('.');
  throw new DiagnosticError('bad-config', {
    message: `finetuning.${name} would do nothing for this model: ${because}`,
    ...(places ? { at: places.locate(path) } : {}),
    expected: `a model of ${tasks.join(' or ')}`,
    found: `${JSON.stringify(value)} with a model of ${task}`,
    fix: `remove ${name}, or choose another model_name`,
  });
}
