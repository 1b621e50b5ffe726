import { InvalidArgumentError, type Command } from 'commander';
import type { ConnectionOptions } from './connection-options.js';

/** The option that says which workers take what a command starts. */
export interface TaskQueueOptions {
  taskQueue?: string;
}

/** As `temporal workflow start` has it. */
export function withTaskQueueOption(command: Command): Command {
  return command.option(
    '--task-queue <name>',
    'start on the queue of workers that have the plugin; default: `reprise`, that of `reprise worker`',
    name,
  );
}

/**
 * @returns nothing when the option was not given
 * @throws DiagnosticError `server-needed`
 */
export async function taskQueueOf(
  options: TaskQueueOptions & ConnectionOptions,
): Promise<{ readonly taskQueue?: string }> {
  const { taskQueue } = options;
  if (taskQueue === undefined) return {};
  const { resolveTarget } = await import('../connection/target.js');
  if (resolveTarget(options).kind === 'remote') return { taskQueue };
  const { DiagnosticError } = await import('../../diagnostics/index.js');
  throw new DiagnosticError('server-needed', {
    message: `workers of the task queue ${taskQueue} poll a Temporal server of yours, and none is configured`,
    fix: 'name it (--address, or TEMPORAL_ADDRESS), or leave --task-queue out',
  });
}

function name(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must be the name of a task queue.');
  return text;
}
