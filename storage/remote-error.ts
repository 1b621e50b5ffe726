import { DiagnosticError, type DiagnosticDetails } from '../diagnostics/index.js';

/**
 * A store that did not answer, or asked for patience, through all of the retries that are made at once. Unlike other
 * diagnostics it may mend by itself: whoever can wait may try again later.
 */
export class TransientRemoteError extends DiagnosticError {
  constructor(
    code: 'remote-unreachable' | 'remote-busy' | 'remote-changed' | 'clock-skewed' | 'credentials-expired',
    details: DiagnosticDetails,
  ) {
    super(code, { ...details, transient: true });
    this.name = 'TransientRemoteError';
  }
}
