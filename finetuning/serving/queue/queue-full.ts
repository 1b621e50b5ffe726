import { DiagnosticError } from '../../../diagnostics/index.js';

/** More than may wait. */
export function queueFull(waiting: number, maxQueue: number): DiagnosticError {
  return new DiagnosticError('queue-full', {
    message: `${waiting} inputs wait already, of ${maxQueue} that may`,
    fix: 'try again in a moment, or start the server with a larger --max-queue',
    transient: true,
  });
}
