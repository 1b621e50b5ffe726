import type { Command } from 'commander';
import type { ConnectionFlags } from '../connection/target.js';

/** The options that say which Temporal server a command speaks to. Keys are never given so: others could read them in `ps`. */
export function withConnectionOptions(command: Command): Command {
  return command
    .option(
      '--address <host:port>',
      'Temporal server (TEMPORAL_ADDRESS); without one, the project has its own',
    )
    .option('--namespace <name>', 'its namespace (TEMPORAL_NAMESPACE)')
    .option('--profile <name>', 'profile of temporal.toml (TEMPORAL_PROFILE)');
}

export type ConnectionOptions = ConnectionFlags;
