import { executionOrder } from '../../../dvc/graph/execution-order.js';
import { findCycle } from '../../../dvc/graph/find-cycle.js';
import { PathTree } from '../../../dvc/graph/path-tree.js';

describe('PathTree', () => {
  const tree = new PathTree<string>();
  for (const path of ['/p/b/z', '/p/b/a', '/p/c', '/p/bc']) tree.set(path, path);

  it('finds what is at or above a path', () => {
    expect(tree.atOrAbove('/p/c/deep/file')).toEqual(['/p/c']);
    expect(tree.atOrAbove('/p/b')).toEqual([]);
    expect(tree.atOrAbove('/p/b/z')).toEqual(['/p/b/z']);
  });

  it('finds what is below a path, not beside it', () => {
    expect(tree.below('/p/b')).toEqual(['/p/b/z', '/p/b/a']);
    expect(tree.below('/p/c')).toEqual([]);
    expect(tree.below('/none')).toEqual([]);
  });
});

describe('executionOrder', () => {
  it('goes through a chain of a hundred thousand stages', () => {
    const addresses = Array.from({ length: 100_000 }, (_, index) => `s${index}`);
    const edges = new Map(
      addresses.map((address, index) => [address, addresses.slice(index + 1, index + 2)]),
    );
    const order = executionOrder(addresses, edges);
    expect(order[0]).toBe('s99999');
    expect(order.at(-1)).toBe('s0');
  });
});

describe('findCycle', () => {
  const graph = (edges: Record<string, string[]>) =>
    findCycle(Object.keys(edges), new Map(Object.entries(edges)));

  it('finds none where there is none', () => {
    expect(graph({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] })).toBeUndefined();
  });

  it('names the members only', () => {
    expect(graph({ before: ['a'], a: ['b'], b: ['c', 'side'], side: [], c: ['a'] })).toEqual(['a', 'b', 'c']);
    expect(graph({ self: ['self'] })).toEqual(['self']);
  });

  it('goes through a chain of a hundred thousand', () => {
    const chain = Array.from({ length: 100_000 }, (_, index): [string, string[]] => [
      `s${index}`,
      [`s${index + 1}`],
    ]);
    expect(findCycle(['s0'], new Map(chain))).toBeUndefined();
  });
});
