/**
 * The members of a cycle, each followed by one that it points to; undefined when there is none. Without recursion: a chain may be
 * thousands of stages long.
 */
export function findCycle(
  addresses: readonly string[],
  edges: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const ended = new Set<string>();
  for (const start of addresses) {
    const open = new Map<string, Iterator<string>>();
    const path: string[] = [];
    const enter = (address: string) => {
      path.push(address);
      open.set(address, (edges.get(address) ?? [])[Symbol.iterator]());
    };
    if (!ended.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { value, done } = (open.get(top) as Iterator<string>).next();
      if (done) {
        ended.add(top);
        open.delete(top);
        path.pop();
      } else if (open.has(value)) return path.slice(path.indexOf(value));
      else if (!ended.has(value)) enter(value);
    }
  }
  return undefined;
}
