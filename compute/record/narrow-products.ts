import { attribute, type Attributes } from '../graph/attribute.js';
import { DataType } from '../graph/data-type.js';
import type { Graph } from '../graph/graph.js';
import type { Source } from '../graph/node.js';
import type { NarrowValues } from './narrow-values.js';

/** Products, which take most of a step's time, and whose sums TensorFlow keeps in float32 until they are rounded. */
const PRODUCTS = new Set([
  'MatMul',
  'BatchMatMulV2',
  'Conv2D',
  'Conv2DBackpropInput',
  'Conv2DBackpropFilter',
]);

/**
 * Does products of float32 in bfloat16: casts before and after. tfjs has no such type, so that it exists in the graph
 * alone. Values that go into several products are cast once.
 */
export class NarrowProducts {
  readonly #narrowed = new Map<Source, Source>();

  constructor(
    private readonly graph: Graph,
    private readonly prefix: string,
    private readonly kept: NarrowValues,
  ) {}

  /** @returns the result as float32; `undefined` for an operation that stays as it is */
  add(
    op: string,
    attributes: Attributes,
    inputs: readonly { readonly dtype: number; readonly source: Source }[],
  ): Source | undefined {
    // A convolution's gradient has sizes among its inputs, which are integers.
    if (!PRODUCTS.has(op) || !inputs.some(({ dtype }) => dtype === DataType.float32)) return undefined;
    const sources = inputs.map(({ dtype, source }) =>
      dtype === DataType.float32 ? this.#narrow(source) : source,
    );
    const T = attribute.type(DataType.bfloat16);
    const node = this.graph.add(op, sources, { ...attributes, T }, { name: `${this.prefix}/${op}` });
    return this.#cast(`${node}:0`, DataType.bfloat16, DataType.float32);
  }

  #narrow(source: Source): Source {
    const known = this.kept.of(source) ?? this.#narrowed.get(source);
    if (known !== undefined) return known;
    const narrow = this.#cast(source, DataType.float32, DataType.bfloat16);
    this.#narrowed.set(source, narrow);
    return narrow;
  }

  #cast(source: Source, from: number, to: number): Source {
    const types = { SrcT: attribute.type(from), DstT: attribute.type(to), Truncate: attribute.bool(false) };
    return `${this.graph.add('Cast', [source], types, { name: `${this.prefix}/Cast` })}:0`;
  }
}
