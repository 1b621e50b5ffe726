import type { GraphNode, Source } from '../graph/node.js';

/** Operations that may give out the memory of their input, as a whole or in part. */
export const SHARING: ReadonlySet<string> = new Set(
  (
    'Bitcast BroadcastTo Cast ConcatV2 ExpandDims Identity Pack PadV2 Reshape Slice Snapshot SplitV Squeeze StopGradient StridedSlice ' +
    'Tile Transpose Unpack'
  ).split(' '),
);

export const nameOf = (source: Source): string => source.split(':')[0] as string;

/** Who looks at the memory of a value, among the nodes that a run needs: whoever writes there has to wait for them. */
export class MemoryUses {
  readonly #consumers = new Map<string, GraphNode[]>();
  readonly #kept: ReadonlySet<string>;

  /**
   * @param kept what outlives the run
   * @param others what it calculates beside
   */
  constructor(nodes: readonly GraphNode[], kept: readonly Source[], others: readonly Source[]) {
    const byName = new Map(nodes.map((node) => [node.name, node]));
    this.#kept = new Set(kept.map(nameOf));
    const rest = [...kept, ...others].map(nameOf);
    const seen = new Set<string>();
    for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
      const node = byName.get(name);
      if (!node || seen.has(name)) continue;
      seen.add(name);
      rest.push(...node.after);
      for (const input of node.inputs) {
        const from = nameOf(input);
        rest.push(from);
        const known = this.#consumers.get(from);
        if (known) known.push(node);
        else this.#consumers.set(from, [node]);
      }
    }
  }

  /**
   * @returns names of the nodes after which nobody looks at the memory of what `node` gives; `undefined` where that, or what is made
   *   of it at once, outlives the run
   * @param but a node that does not count, nor what is made of it
   */
  endingWith(node: string, but?: string): ReadonlySet<string> | undefined {
    const uses = new Set<string>();
    const rest = [node];
    for (let name = rest.pop(); name !== undefined; name = rest.pop())
      for (const consumer of this.#consumers.get(name) ?? []) {
        if (consumer.name === but) continue;
        if (SHARING.has(consumer.op) && !uses.has(consumer.name)) rest.push(consumer.name);
        uses.add(consumer.name);
      }
    return [node, ...uses].some((name) => this.#kept.has(name)) ? undefined : uses;
  }
}
