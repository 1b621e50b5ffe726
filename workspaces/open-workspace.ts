import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { DiagnosticError } from '../diagnostics/index.js';
import { openCheckout, shareCache, type Checkout } from './checkout-folder.js';
import { checkRepository } from './git/repository-url.js';

/** What a worker serves. */
export interface Served {
  /** Absolute folder: workspaces lie inside it. */
  readonly root: string;
  /** Repositories whose runs are taken: URLs, beginnings of URLs that end in `/`, or `*`. */
  readonly repositories: readonly string[];
}

/** A folder in place, or a private checkout of one commit. */
export type WorkspaceRequest =
  | { readonly kind: 'path'; readonly path: string }
  | ({ readonly kind: 'git'; readonly path: string } & Checkout);

export interface OpenedWorkspace {
  /** Absolute, real. */
  readonly folder: string;
  /** Nobody else works in it: data that is not there is fetched. */
  readonly isPrivate: boolean;
}

/**
 * The folder of a workspace; a checkout is made if this host has none yet.
 *
 * @throws DiagnosticError `workspace-outside`, `workspace-missing`, `repository-not-allowed`, `secret-in-url`, `git-failed`
 */
export async function openWorkspace(
  served: Served,
  workspace: WorkspaceRequest,
  signal?: AbortSignal,
): Promise<OpenedWorkspace> {
  if (workspace.kind === 'path') {
    return { folder: await folderInside(served.root, workspace.path, served.root), isPrivate: false };
  }
  checkRepository(workspace.url, served.repositories);
  const checkout = await openCheckout(served.root, workspace, signal);
  const folder = await folderInside(checkout, workspace.path, workspace.url);
  await shareCache(served.root, folder);
  return { folder, isPrivate: true };
}

/** A worker runs commands that it finds there, so it goes nowhere outside the folder that it was started for. */
async function folderInside(root: string, path: string, shownAs: string): Promise<string> {
  const found = await realpath(resolve(root, path)).catch(() => undefined);
  if (found === undefined) {
    throw new DiagnosticError('workspace-missing', {
      message: `the worker finds no folder ${path} in ${shownAs}`,
      fix: `start the worker on the host that has it, or name a folder inside ${shownAs}`,
    });
  }
  const inside = relative(await realpath(root), found);
  if (inside.startsWith('..') || isAbsolute(inside)) {
    throw new DiagnosticError('workspace-outside', {
      message: `${path} is not inside the folder that this worker serves`,
      expected: `a folder inside ${shownAs}`,
      fix: 'start a worker with `--project` for that folder',
    });
  }
  return found;
}
