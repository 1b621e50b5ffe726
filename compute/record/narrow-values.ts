import { attribute, type Attributes } from '../graph/attribute.js';
import { DataType } from '../graph/data-type.js';
import { bytesOf, type Graph } from '../graph/graph.js';
import type { Source } from '../graph/node.js';
import type { Shape } from './operation-call.js';

/** Operations that move values about, and give the same of bfloat16 as of float32. */
const MOVING: Readonly<Record<string, string>> = { Reshape: 'T', Transpose: 'T', GatherV2: 'Tparams' };

/**
 * Values that are kept in bfloat16, of which model code sees float32 only: tfjs has no other. What moves them about is done
 * in bfloat16 too, products take them as they are, and only what calculates with them otherwise has them widened.
 */
export class NarrowValues {
  /** What stands for a value in float32 → the value. */
  readonly #kept = new Map<Source, Source>();

  constructor(
    private readonly graph: Graph,
    private readonly prefix: string,
  ) {}

  /** The value in bfloat16 that a source of float32 was widened from. */
  of(source: Source): Source | undefined {
    return this.#kept.get(source);
  }

  /** @param words int32 [rows, ⌈n / 2⌉], two values in each, the first in the lower half @returns float32 [rows, n] */
  widened(words: Source, [rows = 1, count = 1]: Shape): Source {
    const { bfloat16, int32 } = DataType;
    const pairs = this.#add('Bitcast', [words], {
      T: attribute.type(int32),
      type: attribute.type(bfloat16),
    });
    const even = count + (count % 2);
    const flat = this.#add('Reshape', [pairs, this.#sizes(rows, even)], {
      T: attribute.type(bfloat16),
      Tshape: attribute.type(int32),
    });
    const own =
      even === count
        ? flat
        : this.#add('Slice', [flat, this.#sizes(0, 0), this.#sizes(rows, count)], {
            T: attribute.type(bfloat16),
            Index: attribute.type(int32),
          });
    return this.#wide(own);
  }

  /** @returns the result, as it is to be seen; `undefined` for an operation that stays as it is */
  add(
    op: string,
    attributes: Attributes,
    [first, ...others]: readonly { source: Source }[],
  ): Source | undefined {
    const type = MOVING[op];
    const narrow = type === undefined || !first ? undefined : this.of(first.source);
    if (type === undefined || narrow === undefined) return undefined;
    const inputs = [narrow, ...others.map(({ source }) => source)];
    return this.#wide(this.#add(op, inputs, { ...attributes, [type]: attribute.type(DataType.bfloat16) }));
  }

  /** Nothing is widened where nobody looks at what stands for it: TensorFlow leaves out what is not used. */
  #wide(narrow: Source): Source {
    const wide = this.#add('Cast', [narrow], {
      SrcT: attribute.type(DataType.bfloat16),
      DstT: attribute.type(DataType.float32),
      Truncate: attribute.bool(false),
    });
    this.#kept.set(wide, narrow);
    return wide;
  }

  #sizes(...sizes: readonly number[]): Source {
    return this.graph.constant(DataType.int32, [sizes.length], bytesOf(Int32Array.from(sizes)));
  }

  #add(op: string, inputs: readonly Source[], attributes: Attributes): Source {
    return `${this.graph.add(op, inputs, attributes, { name: `${this.prefix}/${op}` })}:0`;
  }
}
