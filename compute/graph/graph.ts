import { createHash } from 'node:crypto';
import { attribute, type Attributes } from './attribute.js';
import { DataType } from './data-type.js';
import type { GraphNode, Source } from './node.js';

/** A uniform constant above this many bytes is made by a Fill node, so that the file stays small. */
const FILL_ABOVE_BYTES = 4096;

export interface NodeOptions {
  /** Wanted name; a number is added where it is taken. By default the operation's. */
  readonly name?: string;
  readonly after?: readonly string[];
}

/** A TensorFlow graph in the making. Nodes stand in the order in which they were added. */
export class Graph {
  readonly #nodes: GraphNode[] = [];
  readonly #uses = new Map<string, number>();
  readonly #constants = new Map<string, Source>();

  /** Name → FunctionDef. Equal functions share a name. */
  readonly functions = new Map<string, Uint8Array>();

  get nodes(): readonly GraphNode[] {
    return this.#nodes;
  }

  /** @returns the node's name; its outputs are `name:0`, `name:1`, … */
  add(
    op: string,
    inputs: readonly Source[],
    attributes: Attributes,
    { name = op, after = [] }: NodeOptions = {},
  ): string {
    const unique = this.#uniqueName(name);
    this.#nodes.push({ name: unique, op, inputs, after, attributes });
    return unique;
  }

  /** Another input in place of one, or more nodes to wait for. @throws Error where there is no such node */
  amend(name: string, change: (node: GraphNode) => Partial<Pick<GraphNode, 'inputs' | 'after'>>): void {
    const index = this.#nodes.findIndex((node) => node.name === name);
    const node = this.#nodes[index];
    if (!node) throw new Error(`the graph has no node ${name}`);
    this.#nodes[index] = { ...node, ...change(node) };
  }

  /** Equal constants share a node. */
  constant(dtype: number, shape: readonly number[], bytes: Uint8Array): Source {
    const digest = createHash('sha256').update(bytes).digest('base64');
    const key = `${dtype}[${shape.join()}]${digest}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const source = this.#newConstant(dtype, shape, bytes);
    this.#constants.set(key, source);
    return source;
  }

  #newConstant(dtype: number, shape: readonly number[], bytes: Uint8Array): Source {
    const elements = shape.reduce((product, size) => product * size, 1);
    const width = bytes.byteLength / elements;
    const first = bytes.subarray(0, width);
    if (bytes.byteLength > FILL_ABOVE_BYTES && isUniform(bytes, width)) {
      const dims = this.constant(DataType.int32, [shape.length], bytesOf(Int32Array.from(shape)));
      const value = this.constant(dtype, [], first);
      const attributes = { T: attribute.type(dtype), index_type: attribute.type(DataType.int32) };
      return `${this.add('Fill', [dims, value], attributes, { name: 'constant' })}:0`;
    }
    // A copy: what tfjs holds may be changed by its owner before the graph is written.
    const value = attribute.tensor({ dtype, shape, bytes: Uint8Array.from(bytes) });
    const attributes = { dtype: attribute.type(dtype), value };
    return `${this.add('Const', [], attributes, { name: 'constant' })}:0`;
  }

  /** TensorFlow allows letters, digits and `_ . - / \ >`, and a letter, digit or dot in front. */
  #uniqueName(wanted: string): string {
    const clean = wanted.replace(/[^A-Za-z0-9_.\-/]/g, '_').replace(/^[^A-Za-z0-9.]/, '.$&');
    const uses = this.#uses.get(clean) ?? 0;
    this.#uses.set(clean, uses + 1);
    return uses === 0 ? clean : this.#uniqueName(`${clean}_${uses}`);
  }
}

function isUniform(bytes: Uint8Array, width: number): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Equal to itself moved by one element.
  return buffer.subarray(width).equals(buffer.subarray(0, buffer.length - width));
}

export function bytesOf(values: NodeJS.TypedArray): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
