import { openProject } from '../dvc/index.js';
import { commitEntries, openWorkspace } from '../workspaces/index.js';
import type { CommitLockInput } from '../workflows/index.js';
import type { ActivityDependencies } from './dependencies.js';

/** Merges finished stages into the dvc.lock of a workspace. Doing it twice changes nothing. */
export async function commitLock(deps: ActivityDependencies, input: CommitLockInput): Promise<void> {
  const { folder } = await openWorkspace(deps, input.workspace);
  await commitEntries(await openProject(folder), input);
}
