import { attribute } from '../graph/attribute.js';
import { DataType } from '../graph/data-type.js';
import { bytesOf, type Graph } from '../graph/graph.js';
import type { Source } from '../graph/node.js';
import type { TracedValue } from './operation-call.js';

interface Value extends TracedValue {
  readonly source: Source;
}

/**
 * The gradient of rows that were taken from a table is a table of zeros with the rows' gradients added. Where it is then
 * added to another gradient of the table, the rows are added to that one in its own memory: GPT-2's token embeddings, which
 * are its head too, take 154 MB.
 */
export class ScatterSums {
  readonly #sums = new Map<Source, { readonly rows: Value; readonly indices: Value }>();

  constructor(
    private readonly graph: Graph,
    private readonly prefix: string,
  ) {}

  /** @param source the operation's output */
  note(op: string, inputs: readonly Value[], source: Source): void {
    const [rows, indices] = inputs;
    if (op !== 'UnsortedSegmentSum' || indices?.shape.length !== 1 || rows?.dtype !== DataType.float32)
      return;
    this.#sums.set(source, { rows, indices });
  }

  /** @returns the sum; `undefined` for an operation that stays as it is */
  add(op: string, inputs: readonly Value[]): Source | undefined {
    const [a, b] = inputs;
    if ((op !== 'AddV2' && op !== 'Add') || !a || !b || a.shape.join() !== b.shape.join()) return undefined;
    const [whole, taken] = this.#sums.has(b.source) ? [a, b] : [b, a];
    const sum = this.#sums.get(taken.source);
    if (!sum) return undefined;
    const { rows, indices } = sum;
    const shape = Int32Array.of(indices.shape[0] as number, 1);
    const column = this.graph.add(
      'Reshape',
      [indices.source, this.graph.constant(DataType.int32, [2], bytesOf(shape))],
      { T: attribute.type(indices.dtype), Tshape: attribute.type(DataType.int32) },
      { name: `${this.prefix}/Reshape` },
    );
    const types = { T: attribute.type(whole.dtype), Tindices: attribute.type(indices.dtype) };
    const name = `${this.prefix}/TensorScatterAdd`;
    return `${this.graph.add('TensorScatterAdd', [whole.source, `${column}:0`, rows.source], types, { name })}:0`;
  }
}
