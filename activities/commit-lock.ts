import { join } from 'node:path';
import { commitLock as writeLock, openProject, parseLockEntry, readLock } from '../dvc/index.js';
import type { CommitLockInput } from '../workflows/index.js';
import type { ActivityDependencies } from './dependencies.js';
import { openWorkspace } from './workspace.js';

/** Merges finished stages into dvc.lock. Doing it twice changes nothing. */
export async function commitLock(deps: ActivityDependencies, input: CommitLockInput): Promise<void> {
  const root = await openWorkspace(deps.root, input.workspace);
  const project = await openProject(root);
  const entries = new Map(Object.entries(input.entries).map(([name, text]) => [name, parseLockEntry(text)]));
  const dvcfile = join(project.root, input.dvcfile);
  const added = new Set(input.added);
  const namesBefore = [...(await readLock(project, dvcfile)).keys()].filter((name) => !added.has(name));
  await writeLock(project, dvcfile, entries, { plannedOrder: input.plannedOrder, namesBefore });
}
