/** How entries stand in a lock file. */
export type MergeOrder = PlannedOrder | Placement;

export interface PlannedOrder {
  /** Names of this file's stages in the order in which `dvc repro` would run them. */
  readonly plannedOrder: readonly string[];
  /** Names that the lock file had before this run: they keep their place. */
  readonly namesBefore: readonly string[];
}

/** Those that are there keep their place. */
export interface Placement {
  /** Name of a stage that is new in the file → the one that it goes before, there or new as well. Absent: it goes last. */
  readonly before: Readonly<Record<string, string>>;
}

/**
 * Names in the order in which they stand once `names` are put in beside those that are there.
 *
 * @param has whether a name is one of `present`
 */
export function arrange(
  present: readonly string[],
  names: readonly string[],
  order: MergeOrder,
  has: (name: string) => boolean = hasIn(present),
): string[] {
  if ('before' in order) return placed(present, names, order.before, has);
  return planned([...present, ...names.filter((name) => !has(name))], order);
}

function hasIn(names: readonly string[]): (name: string) => boolean {
  const set = new Set(names);
  return (name) => set.has(name);
}

/** Those from before the run, then any that someone else added, then this run's in planned order. */
function planned(names: readonly string[], { plannedOrder, namesBefore }: PlannedOrder): string[] {
  const old = new Set(namesBefore);
  const positions = new Map(plannedOrder.map((name, index) => [name, index]));
  const rank = (name: string) => (old.has(name) ? -2 : (positions.get(name) ?? -1));
  return [...names].sort((a, b) => rank(a) - rank(b));
}

/** Those that are there as they are, each new one before the one that was named for it, which may be new as well. */
function placed(
  present: readonly string[],
  names: readonly string[],
  before: Placement['before'],
  has: (name: string) => boolean,
): string[] {
  const order = [...present];
  const wanted = new Set(names);
  const added = new Set<string>();
  for (const name of names) {
    const chain: string[] = [];
    for (let one: string | undefined = name; one !== undefined; one = before[one]) {
      if (has(one) || added.has(one) || !wanted.has(one)) break;
      added.add(one);
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
