import { DiagnosticError } from '../../../diagnostics/index.js';
import type { Refusal } from './messages.js';

/** A failure as it crosses to the other process. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof DiagnosticError))
    return { code: 'unexpected', message: error instanceof Error ? error.message : String(error) };
  const { code, message, fix } = error;
  return { code, message, ...(fix === undefined ? {} : { fix }) };
}

/** And back again. */
export function errorOf({ code, message, fix }: Refusal): Error {
  return code === 'unexpected'
    ? new Error(message)
    : new DiagnosticError(code, { message, ...(fix === undefined ? {} : { fix }) });
}
