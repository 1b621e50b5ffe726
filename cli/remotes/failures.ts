import { DiagnosticError, formatDiagnostic } from '../../diagnostics/index.js';
import type { OutputsResult } from '../../dvc/index.js';

export interface Failure {
  /** An object's hash, or an out's path. */
  readonly object: string;
  readonly error: Error;
}

/** More would only scroll away. */
const SHOWN = 10;

export function failuresOf(results: readonly OutputsResult[]): Failure[] {
  return results.flatMap(({ failed }) => failed.map(({ md5, error }) => ({ object: md5, error })));
}

export function printFailures(failures: readonly Failure[]): void {
  for (const { object, error } of failures.slice(0, SHOWN)) {
    const text = error instanceof DiagnosticError ? formatDiagnostic(error) : `${object}: ${error.message}`;
    process.stderr.write(`${text}\n`);
  }
  if (failures.length > SHOWN) process.stderr.write(`and ${failures.length - SHOWN} more\n`);
}
