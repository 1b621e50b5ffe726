import { asDiagnostic } from './as-diagnostic.js';
import { findTemporalCli as find } from '../setup/find-temporal.mjs';

export interface TemporalCli {
  readonly path: string;
  /** How it was found. `cache`: the set-up downloaded or built it. */
  readonly source: 'TEMPORAL_CLI_PATH' | 'PATH' | 'cache';
  readonly version: string;
}

/**
 * The Temporal CLI: `TEMPORAL_CLI_PATH`, else on PATH, else in the set-up's cache. Undefined when `reprise setup` has yet to
 * fetch it.
 *
 * @throws DiagnosticError `temporal-cli-path` when the variable names something else
 */
export async function findTemporalCli(
  env: NodeJS.ProcessEnv = process.env,
): Promise<TemporalCli | undefined> {
  return await asDiagnostic(() => find(env));
}
