import { Command } from 'commander';
import { CommandExit, EXIT } from '../report-error.js';

const NOTHING = { sent: 0, unsent: 0, problem: undefined, elsewhere: {} } as const;

/** `reprise tracking send`: what MLflow's server did not take when it was to be sent. */
export function trackingCommand(): Command {
  return new Command('tracking')
    .description('the runs of MLflow that trainings and evaluations write')
    .addCommand(
      new Command('send')
        .description('send what could not be sent while a command ran')
        .option('--json', 'print one JSON object')
        .action(async ({ json }: { readonly json?: true }) => {
          const { pendingSetting } = await import('../tracking/pending-setting.js');
          const { sendPending } = await import('../../tracking/index.js');
          const setting = await pendingSetting(process.cwd());
          const say = (line: string): void => void process.stderr.write(`${line}\n`);
          const end = setting
            ? await sendPending(setting.state, setting.target, (message) => say(`not tracked: ${message}`))
            : NOTHING;
          if (json) process.stdout.write(`${JSON.stringify({ event: 'tracking', ...end })}\n`);
          else
            process.stdout.write(
              end.sent + end.unsent === 0
                ? 'nothing is left to send\n'
                : `${end.sent} sent, ${end.unsent} not sent${end.problem === undefined ? '' : `: ${end.problem}`}\n`,
            );
          for (const [uri, count] of Object.entries(end.elsewhere))
            say(
              `${count} more ${count === 1 ? 'waits' : 'wait'} for ${uri}: set MLFLOW_TRACKING_URI to it, and send again`,
            );
          if (end.unsent > 0 || Object.keys(end.elsewhere).length > 0) throw new CommandExit(EXIT.failure);
        }),
    );
}
