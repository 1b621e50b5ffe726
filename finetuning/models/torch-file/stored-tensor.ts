import type { NumericType } from '../weights/widen.js';

/** Bytes that tensors are views of; several may share one. */
export interface StorageReference {
  /** Its name in the file. */
  readonly key: string;
  readonly type: ElementType;
  readonly elements: number;
}

export interface ElementType {
  /** As torch names it. */
  readonly name: string;
  readonly bytes: number;
  /** Absent where the values are no plain numbers. */
  readonly numeric?: NumericType;
}

/** A view of a storage. Offset and strides count elements. */
export interface StoredTensor {
  readonly storage: StorageReference;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

function numeric(name: string, numeric: NumericType, bytes: number): ElementType {
  return { name, numeric, bytes };
}

/** torch.<name>, as `_rebuild_tensor_v3` is given it. */
export const elementTypes: ReadonlyMap<string, ElementType> = new Map(
  [
    numeric('float32', 'F32', 4),
    numeric('float64', 'F64', 8),
    numeric('float16', 'F16', 2),
    numeric('bfloat16', 'BF16', 2),
    numeric('int64', 'I64', 8),
    numeric('int32', 'I32', 4),
    numeric('int16', 'I16', 2),
    numeric('int8', 'I8', 1),
    numeric('uint8', 'U8', 1),
    numeric('uint16', 'U16', 2),
    numeric('uint32', 'U32', 4),
    numeric('uint64', 'U64', 8),
    numeric('bool', 'BOOL', 1),
    { name: 'complex64', bytes: 8 },
    { name: 'complex128', bytes: 16 },
    { name: 'float8_e4m3fn', bytes: 1 },
    { name: 'float8_e5m2', bytes: 1 },
  ].map((type) => [type.name, type]),
);

/** The classes of storages that files name. */
const storageClasses: ReadonlyMap<string, string> = new Map([
  ['FloatStorage', 'float32'],
  ['DoubleStorage', 'float64'],
  ['HalfStorage', 'float16'],
  ['BFloat16Storage', 'bfloat16'],
  ['LongStorage', 'int64'],
  ['IntStorage', 'int32'],
  ['ShortStorage', 'int16'],
  ['CharStorage', 'int8'],
  ['ByteStorage', 'uint8'],
  ['BoolStorage', 'bool'],
  ['ComplexFloatStorage', 'complex64'],
  ['ComplexDoubleStorage', 'complex128'],
  // Its elements are bytes; the tensor says what they mean.
  ['UntypedStorage', 'uint8'],
]);

export function storageType(className: string): ElementType | undefined {
  return elementTypes.get(storageClasses.get(className) ?? '');
}

/** Shape → how many elements. */
export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** The elements of its storage that a view reaches: from its offset up to, and without, this one. */
export function reachOf({ offset, shape, strides }: StoredTensor): number {
  if (shape.includes(0)) return offset;
  return (
    shape.reduce((last, dimension, axis) => last + (dimension - 1) * (strides[axis] as number), offset) + 1
  );
}

export function isContiguous({ shape, strides }: StoredTensor): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const dimension = shape[axis] as number;
    if (dimension !== 1 && strides[axis] !== expected) return false;
    expected *= dimension;
  }
  return true;
}

/**
 * A view's values in row-major order.
 *
 * @param values of the storage, from the view's offset on
 */
export function gather(values: Float32Array, { shape, strides }: StoredTensor): Float32Array {
  const gathered = new Float32Array(elementsOf(shape));
  const position = shape.map(() => 0);
  let from = 0;
  for (let index = 0; index < gathered.length; index++) {
    gathered[index] = values[from] as number;
    // Count up like an odometer, from the last axis.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis] as number;
      position[axis] = (position[axis] as number) + 1;
      if (position[axis] !== shape[axis]) break;
      from -= (shape[axis] as number) * (strides[axis] as number);
      position[axis] = 0;
    }
  }
  return gathered;
}
