import { appendFileSync } from 'node:fs';
import { DefaultLogger, Runtime } from '@temporalio/worker';

/**
 * Prepares the SDK's one runtime of this process; before the first worker connects. Signals are the command's own matter: the
 * SDK would drain the workers at Ctrl-C, and a canceled run needs them to end in order.
 *
 * @param logFile where the SDK's warnings go; undefined: stderr
 */
export function installRuntime(logFile?: string): void {
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('WARN', ({ level, message, timestampNanos, meta }) => {
      // The queues of stages have activities only: it is meant so.
      if (message.startsWith('No workflows registered')) return;
      const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
      const details = meta === undefined ? '' : ` ${JSON.stringify(meta, shown)}`;
      const line = `${time} ${level} ${message}${details}\n`;
      if (logFile === undefined) process.stderr.write(line);
      // A log that cannot be written, as on a full disk, must not end a run.
      else quietly(() => appendFileSync(logFile, line));
    }),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
  });
}

const shown = (_: string, value: unknown): unknown =>
  value instanceof Error ? (value.stack ?? value.message) : typeof value === 'bigint' ? String(value) : value;

function quietly(write: () => void): void {
  try {
    write();
  } catch {
    // Nothing else to do.
  }
}
