import { DiagnosticError } from '../../diagnostics/index.js';
import type { Attribute } from '../graph/attribute.js';
import type { HostValues } from '../native/backend.js';

export type Shape = readonly number[];

/** A value in the graph that nobody has calculated yet. */
export interface TracedValue {
  /** TensorFlow's DataType number. */
  readonly dtype: number;
  readonly shape: Shape;
  /** Known beforehand for constants that the build itself has made. */
  readonly values?: HostValues;
}

export interface TensorType {
  readonly dtype: number;
  readonly shape: Shape;
}

/** One call of a TensorFlow operation, as a shape rule sees it. */
export class OperationCall {
  constructor(
    readonly op: string,
    readonly inputs: readonly TracedValue[],
    readonly attributes: ReadonlyMap<string, Attribute['value']>,
  ) {}

  input(index: number): TracedValue {
    const input = this.inputs[index];
    return input ?? this.mismatch(`has no input ${index}`, `${this.inputs.length} inputs`);
  }

  shape(index: number): Shape {
    return this.input(index).shape;
  }

  dtype(index = 0): number {
    return this.input(index).dtype;
  }

  /** The numbers of an input that the operation needs to know its output's shape: axes, sizes, permutations. */
  numbers(index: number): number[] {
    const { values } = this.input(index);
    if (values) return [...values];
    throw new DiagnosticError('host-read', {
      message: `${this.op}: its input ${index} says what shape comes out, so it must be a constant`,
      fix: 'give it as plain numbers',
    });
  }

  number(index: number): number {
    return this.numbers(index)[0] as number;
  }

  int(name: string, otherwise?: number): number {
    return this.#attribute(name, 'number', otherwise);
  }

  bool(name: string, otherwise?: boolean): boolean {
    return this.#attribute(name, 'boolean', otherwise);
  }

  string(name: string, otherwise?: string): string {
    return this.#attribute(name, 'string', otherwise);
  }

  ints(name: string, otherwise?: readonly number[]): readonly number[] {
    return this.#attribute(name, 'object', otherwise);
  }

  #attribute<T>(name: string, type: string, otherwise: T | undefined): T {
    const value = this.attributes.get(name) ?? otherwise;
    if (typeof value === type) return value as T;
    throw new TypeError(`${this.op}: attribute ${name} is ${String(value)}`);
  }

  /** @throws DiagnosticError `shape-mismatch` */
  mismatch(problem: string, expected?: string): never {
    throw new DiagnosticError('shape-mismatch', {
      message: `${this.op} ${problem}`,
      found: this.inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(', ') || 'no inputs',
      ...(expected === undefined ? {} : { expected }),
      fix: 'correct the shapes',
    });
  }
}

/** What comes out of an operation, from what goes in: one entry per output. */
export type ShapeRule = (call: OperationCall) => TensorType[];

export const sizeOf = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);

/** Axes from −rank to rank − 1 → 0 to rank − 1 */
export function positiveAxis(call: OperationCall, axis: number, rank: number): number {
  if (axis < -rank || axis >= rank)
    call.mismatch(`has no axis ${axis}`, `an axis from ${-rank} to ${rank - 1}`);
  return axis < 0 ? axis + rank : axis;
}

/** NumPy's rule: sizes are aligned at the end, and 1 stretches. */
export function broadcast(call: OperationCall, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, index) => {
    const x = a[a.length - rank + index] ?? 1;
    const y = b[b.length - rank + index] ?? 1;
    if (x !== y && x !== 1 && y !== 1) call.mismatch('cannot broadcast its inputs');
    return x === 1 ? y : x;
  });
}
