import type { z } from 'zod';
import type { loopSettings } from './loop-settings.js';
import type { optimizerSettings } from './optimizer-settings.js';
import type { scheduleSettings } from './schedule-settings.js';

type Settings = z.output<
  z.ZodObject<typeof loopSettings & typeof optimizerSettings & typeof scheduleSettings>
>;

/** What is wrong with settings only in view of each other. */
export function checkTogether(settings: Settings, context: z.core.$RefinementCtx): void {
  const wrong = (path: (string | number)[], message: string): void =>
    context.addIssue({ code: 'custom', path, message });
  const { learning_rate: peak } = settings;
  if (settings.sgd_nesterov && settings.sgd_momentum === 0)
    wrong(['sgd_nesterov'], 'needs a sgd_momentum above 0');
  if (settings.lr_scheduler_type === 'polynomial' && settings.lr_scheduler_kwargs.lr_end >= peak)
    wrong(['lr_scheduler_kwargs', 'lr_end'], 'must be less than learning_rate');
  if (settings.eval_strategy === 'steps' && settings.eval_steps === null)
    wrong(['eval_steps'], 'must be set where eval_strategy is steps');
  if (settings.eval_strategy === 'no' && settings.early_stopping_patience !== null)
    wrong(['early_stopping_patience'], 'needs validations, and eval_strategy is no');
  settings.param_groups.forEach((group, index) => {
    if (group.learning_rate !== undefined && peak === 0)
      wrong(['param_groups', index, 'learning_rate'], 'shares the schedule of learning_rate, which is 0');
  });
}
