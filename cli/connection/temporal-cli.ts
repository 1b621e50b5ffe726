import { DiagnosticError } from '../../diagnostics/index.js';
import { findTemporalCli } from '../../infra/locate/index.js';

/**
 * The Temporal CLI's executable, which is the embedded server.
 *
 * @throws DiagnosticError `temporal-cli-missing`
 */
export async function temporalCli(): Promise<string> {
  const found = await findTemporalCli();
  if (found) return found.path;
  throw new DiagnosticError('temporal-cli-missing', {
    message: 'the Temporal CLI, which is the embedded server, is not on this machine',
    fix: 'run `reprise setup`, or name the program in TEMPORAL_CLI_PATH, or use a server elsewhere: set TEMPORAL_ADDRESS',
  });
}
