import type { Attributes } from '../graph/attribute.js';
import type { Graph } from '../graph/graph.js';
import type { Source } from '../graph/node.js';
import type { RecordedValue } from './recorded-value.js';

/** An operation of the forward pass, or a call of a function. */
interface Call {
  readonly op: string;
  readonly inputs: readonly Source[];
  readonly attributes: Attributes;
}

/**
 * Results that cost next to nothing beside the products around them, such as an activation's. The backward pass makes them again
 * where it needs them, so that they need not be kept until then: for GPT-2 a third of what is kept. Equal calls of one function
 * give equal bits.
 */
export class RemadeValues {
  readonly #calls = new Map<Source, Call>();
  readonly #remade = new Map<Source, Source>();

  constructor(
    private readonly graph: Graph,
    private readonly prefix: string,
  ) {}

  /** @param source the first result of the call. What there is beside it is kept */
  note(source: Source, call: Call): void {
    this.#calls.set(source, call);
  }

  /**
   * The inputs of an operation of the backward pass: each such result made again, when the gradient is there that it meets in
   * the operation. Without one, all are as they were.
   */
  within(inputs: readonly RecordedValue[]): readonly RecordedValue[] {
    const gradient = inputs.find(({ late, values }) => late === true && !values);
    if (!gradient) return inputs;
    const after = gradient.source.split(':')[0] as string;
    return inputs.map((input) => ({ ...input, source: this.#again(input.source, after) }));
  }

  #again(source: Source, after: string): Source {
    const known = this.#remade.get(source);
    if (known !== undefined) return known;
    const call = this.#calls.get(source);
    if (!call) return source;
    const inputs = call.inputs.map((input) => this.#again(input, after));
    const name = `${this.prefix}/again`;
    const made = `${this.graph.add(call.op, inputs, call.attributes, { name, after: [after] })}:0`;
    this.#remade.set(source, made);
    return made;
  }
}
