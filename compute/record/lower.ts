import { attribute, type Attributes } from '../graph/attribute.js';
import type { TracedValue } from './operation-call.js';

/**
 * tfjs has one operation for all matrix products, that of batches. TensorFlow's own for two matrices is faster, and takes
 * in the bias that is added after it.
 */
export function lowered(
  op: string,
  attributes: Attributes,
  inputs: readonly TracedValue[],
): { readonly op: string; readonly attributes: Attributes } {
  const { T, adj_x, adj_y } = attributes;
  const isPlainProduct = op === 'BatchMatMulV2' && inputs.every(({ shape }) => shape.length === 2);
  if (!isPlainProduct || !T) return { op, attributes };
  const no = attribute.bool(false);
  return { op: 'MatMul', attributes: { T, transpose_a: adj_x ?? no, transpose_b: adj_y ?? no } };
}
