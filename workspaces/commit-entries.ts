import { join } from 'node:path';
import { commitLock, parseLockEntry, type Project } from '../dvc/index.js';

/** Entries for one dvc.yaml's lock file (or for one `.dvc` file). */
export interface LockEntries {
  /** Relative to the project's root. */
  readonly dvcfile: string;
  /** Stage name → entry as YAML text. */
  readonly entries: Readonly<Record<string, string>>;
  /** Name of a stage that is new in the file → the one that it goes before, there or new as well. Absent: it goes last. */
  readonly before: Readonly<Record<string, string>>;
}

/** Merges finished stages into dvc.lock. Doing it twice changes nothing. */
export async function commitEntries(project: Project, input: LockEntries): Promise<void> {
  const entries = new Map(Object.entries(input.entries).map(([name, text]) => [name, parseLockEntry(text)]));
  await commitLock(project, join(project.root, input.dvcfile), entries, { before: input.before });
}
