import type { CommitLockInput, Plan, PlannedStage } from '../types.js';

/** Stages of one dvc.yaml that dvc.lock did not have when the run began, in plan order. */
interface Added {
  readonly names: string[];
  readonly positions: Map<string, number>;
  /** By position: whether dvc.lock has it by now. */
  readonly isIn: boolean[];
  /** The last position that it has. */
  last: number;
}

/**
 * Where entries go in dvc.lock: those that it had keep their place, those that this run adds stand last and in plan order,
 * whichever stage ends first. That is said of each by the one that it goes before: the order of all of them, sent with each
 * commit, would be a payload that grows with the pipeline.
 */
export class LockOrder {
  readonly #files = new Map<string, Added>();
  readonly #added = new Set<string>();

  /** @param carried addresses of stages that earlier parts of this run added */
  constructor(plan: Plan, carried: ReadonlySet<string>) {
    for (const { address, name, dvcfile, locked } of plan.stages) {
      const wasAdded = carried.has(address);
      if (locked && !wasAdded) continue;
      this.#added.add(address);
      const file = this.#file(dvcfile);
      file.positions.set(name, file.names.length);
      if (locked) file.last = file.names.length;
      file.isIn.push(locked);
      file.names.push(name);
    }
  }

  /** Whether dvc.lock has the stage by this run alone. */
  isAdded({ address }: Pick<PlannedStage, 'address'>): boolean {
    return this.#added.has(address);
  }

  /** For a commit that will be made: those after it count on it. */
  place(dvcfile: string, entries: Readonly<Record<string, string>>): Omit<CommitLockInput, 'workspace'> {
    const file = this.#file(dvcfile);
    const positions = Object.keys(entries).flatMap((name) => file.positions.get(name) ?? []);
    for (const position of positions) {
      file.isIn[position] = true;
      file.last = Math.max(file.last, position);
    }
    const before: Record<string, string> = {};
    for (const position of positions) {
      let next = position + 1;
      while (next <= file.last && !file.isIn[next]) next++;
      const [name, follower] = [file.names[position], file.names[next]];
      if (name !== undefined && follower !== undefined && next <= file.last) before[name] = follower;
    }
    return { dvcfile, entries, before };
  }

  #file(dvcfile: string): Added {
    const known = this.#files.get(dvcfile) ?? { names: [], positions: new Map(), isIn: [], last: -1 };
    this.#files.set(dvcfile, known);
    return known;
  }
}
