import { DiagnosticError } from '../../diagnostics/index.js';
import type { Stage } from '../types.js';
import { findCycle } from './find-cycle.js';
import { producersOf } from './outputs-tree.js';

/** Address → addresses of the stages whose outs it reads, in DVC's order. */
export type Edges = ReadonlyMap<string, readonly string[]>;

/**
 * Who needs whom: a stage needs those that make one of its deps or params files, a folder around it, or something in it. A
 * frozen stage needs nobody.
 *
 * @throws DiagnosticError `output-duplicated`, `output-overlap`, `dvcfile-in-output`, `pipeline-cycle`
 */
export function buildGraph(stages: readonly Stage[]): Edges {
  const producers = producersOf(stages);
  const edges = new Map<string, readonly string[]>();
  for (const stage of stages) {
    const local = stage.deps.filter(({ isRemote }) => !isRemote);
    const needed = [...local, ...stage.params].flatMap(({ file }) => [
      ...producers.atOrAbove(file),
      ...producers.below(file),
    ]);
    edges.set(stage.address, [...new Set(needed.map((producer) => producer.stage.address))]);
  }
  refuseCycles(stages, edges);
  return new Map(stages.map(({ address, frozen }) => [address, frozen ? [] : (edges.get(address) ?? [])]));
}

function refuseCycles(stages: readonly Stage[], edges: Edges): void {
  const members = findCycle(
    stages.map(({ address }) => address),
    edges,
  );
  if (members) throw cycle(stages, members);
}

/** @param members each reads an out of the next, the last one of the first */
function cycle(stages: readonly Stage[], members: readonly string[]): DiagnosticError {
  const [first = ''] = members;
  const at = stages.find(({ address }) => address === first)?.at;
  return new DiagnosticError('pipeline-cycle', {
    message:
      members.length === 1
        ? `${first} has one of its own outs as a dep`
        : `these stages need each other: ${[...members, first].join(' → ')}`,
    ...(at && { at }),
    fix: 'remove one of the deps, so that there is an order to run them in',
  });
}
