import { CommanderError } from 'commander';
import { createProgram } from './program.js';

/** A reader that closes the pipe early (`reprise … | head`) wants no more; that is no error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await (await createProgram(process.argv.slice(2))).parseAsync(process.argv);
} catch (error) {
  process.exitCode = await exitCodeOf(error);
}

async function exitCodeOf(error: unknown): Promise<number> {
  const { EXIT, reportError } = await import('./report-error.js');
  // Commander has printed its message: help and version end with 0, a wrong option or argument is a usage error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
  return reportError(error, {
    json: process.argv.includes('--json'),
    debug: Boolean(process.env['REPRISE_DEBUG']),
  });
}
