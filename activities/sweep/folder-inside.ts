import { openWorkspace } from '../../workspaces/index.js';
import type { ActivityDependencies } from '../dependencies.js';

/**
 * A folder of the user's, absolute and real.
 *
 * @throws DiagnosticError `workspace-outside`, `workspace-missing`
 */
export async function folderInside(deps: ActivityDependencies, path: string): Promise<string> {
  return (await openWorkspace(deps, { kind: 'path', path })).folder;
}
