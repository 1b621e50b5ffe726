import { DataType } from '../../graph/data-type.js';
import { broadcast, type OperationCall, type ShapeRule } from '../operation-call.js';

/** One value in, one of the same type out. */
const like: ShapeRule = (call) => [{ dtype: call.dtype(), shape: call.shape(0) }];

const binary: ShapeRule = (call) => [
  { dtype: call.dtype(), shape: broadcast(call, call.shape(0), call.shape(1)) },
];

const toBool =
  (rule: ShapeRule): ShapeRule =>
  (call) =>
    rule(call).map(({ shape }) => ({ dtype: DataType.bool, shape }));

/** All inputs have one shape; gradients of activations take (dy, y) or (y, dy). */
const equalShapes: ShapeRule = (call) => {
  const [first, ...others] = call.inputs.map(({ shape }) => shape.join());
  if (others.some((shape) => shape !== first)) call.mismatch('needs inputs of one shape');
  return like(call);
};

const cast: ShapeRule = (call) => [{ dtype: call.int('DstT'), shape: call.shape(0) }];

/** Select takes a condition of its inputs' shape, a scalar, or a vector over the first axis. */
const select: ShapeRule = (call) => {
  const [condition, chosen, other] = [call.shape(0), call.shape(1), call.shape(2)];
  const fits =
    condition.length === 0 ||
    condition.join() === chosen.join() ||
    (condition.length === 1 && condition[0] === chosen[0]);
  if (!fits || chosen.join() !== other.join()) call.mismatch('needs inputs of one shape');
  return [{ dtype: call.dtype(1), shape: chosen }];
};

const selectBroadcasting: ShapeRule = (call: OperationCall) => [
  {
    dtype: call.dtype(1),
    shape: broadcast(call, broadcast(call, call.shape(0), call.shape(1)), call.shape(2)),
  },
];

const UNARY =
  'Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Elu Erf Exp Expm1 Floor Identity LeakyRelu Log Log1p LogicalNot ' +
  'Neg OnesLike Reciprocal Relu Relu6 Rint Round Rsqrt Selu Sigmoid Sign Sin Sinh Softplus Sqrt Square Tan Tanh ZerosLike ' +
  'Snapshot StopGradient';
const BINARY =
  'Add AddV2 Atan2 BitwiseAnd BitwiseOr BitwiseXor Div DivNoNan FloorDiv FloorMod Maximum Minimum Mul Pow RealDiv RightShift SquaredDifference Sub';
const PREDICATES = 'IsFinite IsInf IsNan';
const COMPARISONS = 'Equal Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr NotEqual';
const EQUAL_SHAPES = 'AddN EluGrad Relu6Grad ReluGrad RsqrtGrad SigmoidGrad SoftplusGrad SqrtGrad TanhGrad';

const named = (names: string, rule: ShapeRule): Record<string, ShapeRule> =>
  Object.fromEntries(names.split(' ').map((name) => [name, rule]));

export const elementwiseRules: Readonly<Record<string, ShapeRule>> = {
  ...named(UNARY, like),
  ...named(BINARY, binary),
  ...named(PREDICATES, toBool(like)),
  ...named(COMPARISONS, toBool(binary)),
  ...named(EQUAL_SHAPES, equalShapes),
  Cast: cast,
  Select: select,
  SelectV2: selectBroadcasting,
};
