import { DiagnosticError } from '../../diagnostics/index.js';
import type { Turned } from '../../finetuning/serving/index.js';
import type { Turn } from './production-turner.js';

/**
 * A turn that an operator has asked for.
 *
 * @throws DiagnosticError `nothing-promoted`, `model-not-here`, and those of model folders
 */
export async function turnOnRequest(turn: () => Promise<Turn>): Promise<Turned> {
  const came = await turn();
  switch (came.outcome) {
    case 'nothing-promoted':
      throw new DiagnosticError('nothing-promoted', {
        message: "no model was ever promoted in the server's project",
        fix: 'promote one first: `reprise model promote`',
      });
    case 'not-here': {
      const { version, model } = came.record;
      throw new DiagnosticError('model-not-here', {
        message: `v${version} is in production, and its files are not on the server's host`,
        fix: `run \`reprise pull ${model.path}\` in the server's project`,
      });
    }
    case 'same':
    case 'turned':
      return { version: `v${came.version}`, turned: came.outcome === 'turned' };
  }
}
