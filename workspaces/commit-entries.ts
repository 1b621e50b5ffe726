import { join } from 'node:path';
import { commitLock, parseLockEntry, readLock, type Project } from '../dvc/index.js';

/** Entries for one dvc.yaml's lock file (or for one `.dvc` file). */
export interface LockEntries {
  /** Relative to the project's root. */
  readonly dvcfile: string;
  /** Stage name → entry as YAML text. */
  readonly entries: Readonly<Record<string, string>>;
  /** Names of this file's stages in plan order. */
  readonly plannedOrder: readonly string[];
  /** Those of them that the lock file did not have when the plan was made. */
  readonly added: readonly string[];
}

/** Merges finished stages into dvc.lock. Doing it twice changes nothing. */
export async function commitEntries(project: Project, input: LockEntries): Promise<void> {
  const entries = new Map(Object.entries(input.entries).map(([name, text]) => [name, parseLockEntry(text)]));
  const dvcfile = join(project.root, input.dvcfile);
  const added = new Set(input.added);
  const namesBefore = [...(await readLock(project, dvcfile)).keys()].filter((name) => !added.has(name));
  await commitLock(project, dvcfile, entries, { plannedOrder: input.plannedOrder, namesBefore });
}
