import type { Graph } from '../graph/graph.js';
import type { CompiledSignature } from './compile-signature.js';
import type { GraphVariable } from './graph-variables.js';
import { nameOf } from './memory-uses.js';

/** Which variables each signature reads or changes: those whose places a run of it comes by. */
export function variablesOf(
  graph: Graph,
  variables: Readonly<Record<string, GraphVariable>>,
  signatures: Readonly<Record<string, CompiledSignature>>,
): ReadonlyMap<string, readonly string[]> {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const places = new Map(Object.entries(variables).map(([name, { handle }]) => [nameOf(handle), name]));
  return new Map(
    Object.entries(signatures).map(([signature, { fetches }]) => {
      const seen = new Set<string>();
      const found: string[] = [];
      const rest = fetches.map(nameOf);
      for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
        if (seen.has(name)) continue;
        seen.add(name);
        const variable = places.get(name);
        if (variable !== undefined) found.push(variable);
        const node = nodes.get(name);
        if (node) rest.push(...node.inputs.map(nameOf), ...node.after);
      }
      return [signature, found];
    }),
  );
}
