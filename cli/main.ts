import { CommanderError } from 'commander';
import { createProgram } from './program.js';
import { EXIT, reportError } from './report-error.js';

/** A reader that closes the pipe early (`reprise … | head`) wants no more; that is no error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  // Commander has printed its message: help and version end with 0, a wrong option or argument is a usage error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
  return reportError(error, {
    json: process.argv.includes('--json'),
    debug: Boolean(process.env['REPRISE_DEBUG']),
  });
}
