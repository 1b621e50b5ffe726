import { widenBfloat16, widenFloat16 } from '../safetensors/half-float.js';

/** The types that can be read as numbers, under their names in safetensors. */
const readers = {
  F32: (bytes) => new Float32Array(bytes),
  F16: (bytes) => widenFloat16(new Uint16Array(bytes)),
  BF16: (bytes) => widenBfloat16(new Uint16Array(bytes)),
  F64: (bytes) => Float32Array.from(new Float64Array(bytes)),
  I64: (bytes) => Float32Array.from(new BigInt64Array(bytes), Number),
  U64: (bytes) => Float32Array.from(new BigUint64Array(bytes), Number),
  I32: (bytes) => Float32Array.from(new Int32Array(bytes)),
  U32: (bytes) => Float32Array.from(new Uint32Array(bytes)),
  I16: (bytes) => Float32Array.from(new Int16Array(bytes)),
  U16: (bytes) => Float32Array.from(new Uint16Array(bytes)),
  I8: (bytes) => Float32Array.from(new Int8Array(bytes)),
  U8: (bytes) => Float32Array.from(new Uint8Array(bytes)),
  BOOL: (bytes) => Float32Array.from(new Uint8Array(bytes), (byte) => (byte ? 1 : 0)),
} satisfies Readonly<Record<string, (bytes: ArrayBuffer) => Float32Array>>;

export type NumericType = keyof typeof readers;

export const numericTypes = Object.keys(readers) as readonly NumericType[];

export function isNumericType(dtype: string): dtype is NumericType {
  return Object.hasOwn(readers, dtype);
}

/** Little-endian values as the nearest float32: exact for halves and for integers up to 2²⁴. */
export function widen(dtype: NumericType, bytes: ArrayBuffer): Float32Array {
  return readers[dtype](bytes);
}
