import { broadcast, type OperationCall, type Shape, type ShapeRule } from '../operation-call.js';

/** The last two axes of a product. */
function matrixShape(
  call: OperationCall,
  a: Shape,
  b: Shape,
  transposeA: boolean,
  transposeB: boolean,
): [number, number] {
  if (a.length < 2 || b.length < 2) call.mismatch('needs matrices', 'at least two axes each');
  const oriented = (shape: Shape, transposed: boolean): [number, number] => {
    const [rows, columns] = shape.slice(-2) as [number, number];
    return transposed ? [columns, rows] : [rows, columns];
  };
  const [rows, inner] = oriented(a, transposeA);
  const [otherInner, columns] = oriented(b, transposeB);
  if (inner !== otherInner) call.mismatch(`cannot multiply: inner sizes are ${inner} and ${otherInner}`);
  return [rows, columns];
}

const matMul: ShapeRule = (call) => {
  const [transposeA, transposeB] = [call.bool('transpose_a', false), call.bool('transpose_b', false)];
  return [
    { dtype: call.dtype(), shape: matrixShape(call, call.shape(0), call.shape(1), transposeA, transposeB) },
  ];
};

const batchMatMul: ShapeRule = (call) => {
  const [a, b] = [call.shape(0), call.shape(1)];
  const matrix = matrixShape(call, a, b, call.bool('adj_x', false), call.bool('adj_y', false));
  return [{ dtype: call.dtype(), shape: [...broadcast(call, a.slice(0, -2), b.slice(0, -2)), ...matrix] }];
};

/** Without an ellipsis, as tfjs has it: `ij,jk->ik`. */
const einsum: ShapeRule = (call) => {
  const [inputs, output] = call.string('equation').split('->') as [string, string];
  const sizes = new Map<string, number>();
  inputs.split(',').forEach((labels, input) => {
    [...labels].forEach((label, axis) => {
      const size = call.shape(input)[axis] ?? call.mismatch(`has no axis ${label}`);
      if ((sizes.get(label) ?? size) !== size) call.mismatch(`has two sizes for ${label}`);
      sizes.set(label, size);
    });
  });
  return [{ dtype: call.dtype(), shape: [...output].map((label) => sizes.get(label) as number) }];
};

export const productRules: Readonly<Record<string, ShapeRule>> = {
  MatMul: matMul,
  BatchMatMul: batchMatMul,
  BatchMatMulV2: batchMatMul,
  Einsum: einsum,
};
