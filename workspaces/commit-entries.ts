import { join } from 'node:path';
import { commitLock, parseLockEntry, readLock, type Project } from '../dvc/index.js';

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
  const dvcfile = join(project.root, input.dvcfile);
  const present = await readLock(project, dvcfile);
  await commitLock(project, dvcfile, entries, {
    plannedOrder: placed([...present.keys()], [...entries.keys()], input.before),
    namesBefore: [],
  });
}

/** Those that are there as they are, each new one before the one that was named for it, which may be new as well. */
function placed(
  present: readonly string[],
  names: readonly string[],
  before: LockEntries['before'],
): readonly string[] {
  const order = [...present];
  const known = new Set(present);
  const wanted = new Set(names);
  for (const name of names) {
    const chain: string[] = [];
    for (let one: string | undefined = name; one !== undefined; one = before[one]) {
      if (known.has(one) || !wanted.has(one)) break;
      known.add(one);
      chain.push(one);
    }
    for (const one of chain.reverse()) {
      const next = before[one];
      const at = next === undefined ? -1 : order.indexOf(next);
      order.splice(at < 0 ? order.length : at, 0, one);
    }
  }
  return order;
}
