import { openRemote, type Project, type Remote } from '../dvc/index.js';
import { DiagnosticError } from '../diagnostics/index.js';

/**
 * The remote that a run uses. A run on one host can do without, as long as nobody named one.
 *
 * @throws DiagnosticError of `openRemote`
 */
export async function openRemoteIfAny(
  project: Project,
  name: string | undefined,
): Promise<Remote | undefined> {
  try {
    return await openRemote(project, name);
  } catch (error) {
    if (name === undefined && error instanceof DiagnosticError && error.code === 'no-remote')
      return undefined;
    throw error;
  }
}
