import { DiagnosticError, formatDiagnostic } from '../diagnostics/index.js';

/** Exit codes: sysexits and shells agree on these. */
export const EXIT = { failure: 1, usage: 2, interrupted: 130, terminated: 143 } as const;

/** Ends a command that has said already what there is to say. */
export class CommandExit extends Error {
  constructor(readonly exitCode: number) {
    super(`exit ${exitCode}`);
    this.name = 'CommandExit';
  }
}

/**
 * The one place where a failure becomes text. A user's mistake is shown as it is; anything else is shown in short, with how to
 * see more. With `--json` it is an event on stdout.
 *
 * @returns the exit code
 */
export function reportError(error: unknown, options: { json: boolean; debug: boolean }): number {
  if (error instanceof CommandExit) return error.exitCode;
  const stack = error instanceof Error ? error.stack : String(error);
  if (options.json) process.stdout.write(`${JSON.stringify(errorEvent(error))}\n`);
  else if (error instanceof DiagnosticError) process.stderr.write(`${diagnosticText(error, options)}\n`);
  else {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`reprise: unexpected: ${message}\n`);
    if (!options.debug) process.stderr.write('  fix: set REPRISE_DEBUG=1 and run it again to see where\n');
  }
  if (options.debug) process.stderr.write(`${stack}\n`);
  return EXIT.failure;
}

/** As it would be shown by {@link reportError}. */
export function diagnosticText(error: DiagnosticError, { json }: { json: boolean }): string {
  return json ? JSON.stringify(errorEvent(error)) : formatDiagnostic(error);
}

function errorEvent(error: unknown): object {
  const time = new Date().toISOString();
  if (!(error instanceof DiagnosticError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { time, event: 'error', code: 'unexpected', message };
  }
  const { code, message, at, expected, found, fix } = error;
  return { time, event: 'error', code, message, at, expected, found, fix };
}
