import { DiagnosticError } from '../../diagnostics/index.js';
import { send } from '../../notifications/index.js';
import type { NotifyInput } from '../../workflows/index.js';
import type { ActivityDependencies } from '../dependencies.js';
import { openRetrained } from './open-project.js';
import { readChannels } from './channels.js';

/** @throws DiagnosticError `channel-missing`, those of `send` */
export async function notify(deps: ActivityDependencies, input: NotifyInput): Promise<void> {
  const { root } = await openRetrained(deps, input.workspace);
  const channel = readChannels(root).get(input.channel);
  if (!channel) {
    throw new DiagnosticError('channel-missing', {
      message: `${input.channel} is no longer among the notifications`,
      at: { file: '.reprise/config.yaml' },
    });
  }
  await send(channel, input.notification);
}
