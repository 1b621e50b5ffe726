import { DiagnosticError } from '../../diagnostics/index.js';
import type { ImportState } from '../types.js';

/** Data that comes from outside. */
export interface UrlSource {
  /** What it is now, as DVC would record it. */
  describe(): Promise<ImportState>;
  /** Writes it to a path where nothing is. */
  download(to: string, signal?: AbortSignal): Promise<void>;
}

export function sourceMissing(where: string): DiagnosticError {
  return new DiagnosticError('source-missing', {
    message: `${where} is not there: the data that was imported from it cannot be updated`,
    fix: 'bring it back, or import the data from where it is now (dvc import-url --force)',
  });
}
