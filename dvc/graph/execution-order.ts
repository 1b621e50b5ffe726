import type { Edges } from './build-graph.js';

/**
 * Depth-first post-order: what a stage needs comes before it. This is the order in which `dvc repro` runs stages.
 *
 * @param addresses where to begin, in this order; only these are visited
 */
export function executionOrder(addresses: readonly string[], edges: Edges): readonly string[] {
  const allowed = new Set(addresses);
  return [
    ...reachable(addresses, (address) => (edges.get(address) ?? []).filter((next) => allowed.has(next))),
  ];
}

/** All that can be reached, in depth-first post-order. Without recursion: a chain may be thousands of stages long. */
export function reachable(
  from: readonly string[],
  next: (address: string) => readonly string[],
): ReadonlySet<string> {
  const ended = new Set<string>();
  const seen = new Set<string>();
  const stack: { readonly address: string; readonly rest: Iterator<string> }[] = [];
  const enter = (address: string) => {
    if (seen.has(address)) return;
    seen.add(address);
    stack.push({ address, rest: next(address)[Symbol.iterator]() });
  };
  for (const start of from) {
    enter(start);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const { value, done } = top.rest.next();
      if (done) {
        ended.add(top.address);
        stack.pop();
      } else enter(value);
    }
  }
  return ended;
}

/** The same edges, from what is needed to who needs it. */
export function downstreamOf(edges: Edges): Edges {
  const reversed = new Map<string, string[]>([...edges.keys()].map((address) => [address, []]));
  for (const [address, needed] of edges) for (const other of needed) reversed.get(other)?.push(address);
  return reversed;
}
