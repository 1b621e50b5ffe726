import { userInfo } from 'node:os';
import { Command } from 'commander';
import { withConnectionOptions, type ConnectionOptions } from '../connection-options.js';

interface Options extends ConnectionOptions {
  by?: string;
  reason: string;
  json?: true;
}

/** What `approve` and `reject` have in common: all but the answer. */
export function answerCommand(answer: 'approve' | 'reject', description: string): Command {
  const command = new Command(answer)
    .description(description)
    .argument('[id]', "workflow id of the promotion; default: that of this project's")
    .option('--by <name>', 'who decides; default: the name you are logged in with')
    .option('--reason <text>', 'why; it is kept with the decision', '')
    .option('--json', 'print one JSON object per event');
  return withConnectionOptions(command).action(async (id: string | undefined, options: Options) => {
    const { answerPromotion } = await import('../../retrain/answer.js');
    await answerPromotion({
      cwd: process.cwd(),
      workflowId: id,
      answer,
      by: options.by ?? userInfo().username,
      reason: options.reason,
      connection: options,
      json: options.json ?? false,
    });
  });
}
