import { Command } from 'commander';
import { withConnectionOptions, type ConnectionOptions } from './connection-options.js';

/** `reprise ui`: the Temporal UI of the project's own server, for as long as it runs. */
export function uiCommand(): Command {
  const command = new Command('ui')
    .description("start or find the project's Temporal server, and print the address of its UI")
    .option('--json', 'print one JSON object per event');
  return withConnectionOptions(command).action(async (options: ConnectionOptions & { json?: true }) => {
    const { serveUi } = await import('../runs/serve-ui.js');
    await serveUi({ cwd: process.cwd(), connection: options, json: options.json ?? false });
  });
}
