import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { DiagnosticError } from '../diagnostics/index.js';
import type { Workspace } from '../workflows/index.js';

/**
 * The folder of a `path` workspace. A worker runs commands that it finds there, so it goes nowhere outside the folder that
 * it was started for.
 *
 * @throws DiagnosticError `workspace-outside`, `workspace-missing`
 */
export async function openWorkspace(root: string, workspace: Workspace): Promise<string> {
  const wanted = resolve(root, workspace.path);
  const found = await realpath(wanted).catch(() => undefined);
  if (found === undefined) {
    throw new DiagnosticError('workspace-missing', {
      message: `the worker finds no folder ${workspace.path}`,
      fix: `start the worker on the host that has it, or name a folder inside ${root}`,
    });
  }
  const inside = relative(await realpath(root), found);
  if (inside.startsWith('..') || isAbsolute(inside)) {
    throw new DiagnosticError('workspace-outside', {
      message: `${workspace.path} is not inside the folder that this worker serves`,
      expected: `a folder inside ${root}`,
      fix: 'start a worker with `--project` for that folder',
    });
  }
  return found;
}
