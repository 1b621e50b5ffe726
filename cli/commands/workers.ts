import { Command } from 'commander';
import { withConnectionOptions, type ConnectionOptions } from './connection-options.js';

/** `reprise workers`: who listens where, and what runs. */
export function workersCommand(): Command {
  const command = new Command('workers')
    .description('list the workers: labels, slots, GPUs, build, and what they run')
    .option('--json', 'print one JSON object');
  return withConnectionOptions(command).action(async (options: ConnectionOptions & { json?: true }) => {
    const { formatWorkers, listWorkers } = await import('../hosts/index.js');
    const workers = await listWorkers({ cwd: process.cwd(), connection: options });
    const result = { time: new Date().toISOString(), event: 'workers', workers };
    process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : formatWorkers(workers));
  });
}
