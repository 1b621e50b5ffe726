import { DiagnosticError } from '../../diagnostics/index.js';
import { SetupFailure } from '../setup/failure.mjs';

/** The set-up runs without our compiled code, and so has an error of its own: here it becomes ours. */
export async function asDiagnostic<T>(body: () => T | Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error;
    const { code, message, fix } = error;
    throw new DiagnosticError(code, { message, fix, cause: error });
  }
}
