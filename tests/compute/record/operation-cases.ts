import { tf } from '../../../compute/index.js';
import { backend, type KernelAttribute } from '../../../compute/native/backend.js';
import { boolAttribute, operation, operations, typeAttribute } from '../../../compute/ops/raw-operation.js';

/** As many as the case has shapes; typed as five, so that a case can take them apart. */
export type Inputs = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];

export interface OperationCase {
  readonly name: string;
  /** Of the float32 inputs. */
  readonly shapes: readonly number[][];
  build(inputs: Inputs): tf.Tensor[];
  /** False where the graph's optimizer may choose another kernel: then a few units in the last place are allowed. */
  readonly exact?: boolean;
}

const T = (): KernelAttribute => typeAttribute('T', 'float32');
const ints = (name: string, value: number[]): KernelAttribute => ({
  name,
  type: backend.binding.TF_ATTR_INT,
  value,
});
const raw =
  (op: string, attributes: () => KernelAttribute[], outputs = 1) =>
  (inputs: Inputs): tf.Tensor[] =>
    operations(op, attributes(), inputs, outputs);
const indices = (...values: number[]): tf.Tensor1D => tf.tensor1d(values, 'int32');

/** |x| + ½: within the domain of logarithms and roots. */
const positive = (x: tf.Tensor): tf.Tensor => tf.add(tf.abs(x), 0.5);

const unary: OperationCase[] = (
  [
    ['Abs', tf.abs], ['Acos', tf.acos], ['Acosh', (x) => tf.acosh(tf.add(tf.abs(x), 1.5))], ['Asin', tf.asin],
    ['Asinh', tf.asinh], ['Atan', tf.atan], ['Atanh', tf.atanh], ['Ceil', tf.ceil], ['Cos', tf.cos], ['Cosh', tf.cosh],
    ['Elu', tf.elu], ['Erf', tf.erf], ['Exp', tf.exp], ['Expm1', tf.expm1], ['Floor', tf.floor], ['LeakyRelu', tf.leakyRelu],
    ['Log', (x) => tf.log(positive(x))], ['Log1p', (x) => tf.log1p(positive(x))], ['Neg', tf.neg], ['OnesLike', tf.onesLike],
    ['Reciprocal', (x) => tf.reciprocal(positive(x))], ['Relu', tf.relu], ['Relu6', tf.relu6], ['Round', tf.round],
    ['Rsqrt', (x) => tf.rsqrt(positive(x))], ['Selu', tf.selu], ['Sigmoid', tf.sigmoid], ['Sign', tf.sign], ['Sin', tf.sin],
    ['Sinh', tf.sinh], ['Softplus', tf.softplus], ['Sqrt', (x) => tf.sqrt(positive(x))], ['Square', tf.square], ['Tan', tf.tan],
    ['Tanh', tf.tanh], ['ZerosLike', tf.zerosLike], ['IsFinite', tf.isFinite], ['IsInf', tf.isInf], ['IsNan', tf.isNaN],
    ['Step', (x) => tf.step(x)], ['ClipByValue', (x) => tf.clipByValue(x, -0.5, 0.5)],
    ['Softmax', tf.softmax], ['LogSoftmax', tf.logSoftmax], ['Cast', (x) => tf.cast(x, 'int32')],
    ['Identity', (x) => operation('Identity', [T()], [x])], ['Snapshot', (x) => operation('Snapshot', [T()], [x])],
    ['StopGradient', (x) => operation('StopGradient', [T()], [x])], ['LogSoftmax of TensorFlow', (x) => operation('LogSoftmax', [T()], [x])],
    ['Rint', (x) => operation('Rint', [T()], [x])],
  ] as [string, (x: tf.Tensor) => tf.Tensor][]
).map(([name, apply]) => ({ name, shapes: [[3, 5]], build: ([x]) => [apply(x)], exact: false })); // prettier-ignore

const binary: OperationCase[] = (
  [
    ['Add', tf.add], ['Sub', tf.sub], ['Mul', tf.mul], ['RealDiv', tf.div], ['DivNoNan', tf.divNoNan],
    ['FloorDiv', tf.floorDiv], ['FloorMod', tf.mod], ['Maximum', tf.maximum], ['Minimum', tf.minimum],
    ['SquaredDifference', tf.squaredDifference], ['Atan2', tf.atan2], ['Equal', tf.equal], ['NotEqual', tf.notEqual],
    ['Less', tf.less], ['LessEqual', tf.lessEqual], ['Greater', tf.greater], ['GreaterEqual', tf.greaterEqual],
    ['Pow', (a, b) => tf.pow(positive(a), b)],
    ['LogicalAnd', (a, b) => tf.logicalAnd(tf.greater(a, 0), tf.greater(b, 0))],
    ['LogicalOr', (a, b) => tf.logicalOr(tf.greater(a, 0), tf.greater(b, 0))],
    ['DivNoNan of TensorFlow', (a, b) => operation('DivNoNan', [T()], [a, b])],
    ['AddV2', (a, b) => operation('AddV2', [T()], [a, b])], ['Div', (a, b) => operation('Div', [T()], [a, b])],
  ] as [string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor][]
).flatMap(([name, apply]) =>
  [[[2, 3], [2, 3]], [[2, 1, 3], [4, 1]], [[3], []]].map((shapes) => ({
    name: `${name} ${JSON.stringify(shapes)}`,
    shapes: shapes as number[][],
    build: ([a, b]: Inputs) => [apply(a, b)],
    exact: false,
  })),
); // prettier-ignore

const gradients: OperationCase[] = [
  'ReluGrad', 'Relu6Grad', 'TanhGrad', 'SigmoidGrad', 'EluGrad', 'SoftplusGrad', 'SqrtGrad', 'RsqrtGrad',
].map((op) => ({ name: op, shapes: [[2, 3], [2, 3]], build: raw(op, () => [T()]) })); // prettier-ignore

const bitwise: OperationCase[] = ['BitwiseAnd', 'BitwiseOr', 'BitwiseXor', 'RightShift'].map((op) => ({
  name: op,
  shapes: [],
  build: () => [
    operation(op, [typeAttribute('T', 'int32')], [indices(5, -7, 1 << 20), tf.scalar(3, 'int32')]),
  ],
}));

const reductions: OperationCase[] = (
  [
    ['Sum', tf.sum], ['Mean', tf.mean], ['Prod', tf.prod], ['Max', tf.max], ['Min', tf.min],
    ['All', (x, axis, keep) => tf.all(tf.greater(x, 0), axis, keep)],
    ['Any', (x, axis, keep) => tf.any(tf.greater(x, 0), axis, keep)],
  ] as [string, (x: tf.Tensor, axis?: number | number[], keep?: boolean) => tf.Tensor][]
).map(([name, apply]) => ({
  name,
  shapes: [[2, 3, 4]],
  build: ([x]: Inputs) => [apply(x), apply(x, -1), apply(x, [0, 2], true)],
  exact: false,
})); // prettier-ignore

const others: OperationCase[] = [
  { name: 'AddN', shapes: [[2, 3], [2, 3], [2, 3]], build: (xs) => [tf.addN(xs)] },
  { name: 'LogicalNot', shapes: [[4]], build: ([x]) => [tf.logicalNot(tf.greater(x, 0))] },
  { name: 'Select', shapes: [[2, 3], [2, 3]], build: ([a, b]) => [tf.where(tf.greater(a, b), a, b)] },
  {
    name: 'SelectV2',
    shapes: [[2, 1], [3]],
    build: ([a, b]) => [operation('SelectV2', [typeAttribute('T', 'float32')], [tf.greater(a, 0), a, b])],
  },
  { name: 'ArgMax', shapes: [[3, 4]], build: ([x]) => [tf.argMax(x, 1), tf.argMax(x, 0)] },
  { name: 'ArgMin', shapes: [[3, 4]], build: ([x]) => [tf.argMin(x, -1)] },
  { name: 'Cumsum', shapes: [[3, 4]], build: ([x]) => [tf.cumsum(x, 1)] },
  { name: 'Cumprod', shapes: [[3, 4]], build: ([x]) => [tf.cumprod(x, 0)] },
  { name: 'L2Loss', shapes: [[3, 4]], build: raw('L2Loss', () => [T()]) },
  {
    name: 'TopKV2',
    shapes: [[3, 4]],
    build: ([x]) => {
      const { values, indices } = tf.topk(x, 2);
      return [values, indices];
    },
  },
  { name: 'MatMul', shapes: [[3, 4], [5, 4]], build: ([a, b]) => [tf.matMul(a, b, false, true)], exact: false },
  {
    name: 'MatMul of TensorFlow',
    shapes: [[4, 3], [4, 5]],
    build: raw('MatMul', () => [T(), boolAttribute('transpose_a', true), boolAttribute('transpose_b', false)]),
    exact: false,
  },
  {
    name: 'BatchMatMul',
    shapes: [[2, 3, 4], [2, 4, 5]],
    build: raw('BatchMatMul', () => [T(), boolAttribute('adj_x', false), boolAttribute('adj_y', false)]),
    exact: false,
  },
  { name: 'BatchMatMulV2', shapes: [[2, 1, 4, 3], [5, 4, 6]], build: ([a, b]) => [tf.matMul(a, b, true)], exact: false },
  { name: 'Einsum', shapes: [[2, 3, 4], [2, 4, 5]], build: ([a, b]) => [tf.einsum('bij,bjk->bik', a, b)], exact: false },
  { name: 'Reshape', shapes: [[2, 6]], build: ([x]) => [tf.reshape(x, [3, -1]), tf.reshape(x, [12])] },
  { name: 'ExpandDims', shapes: [[2, 3]], build: ([x]) => [tf.expandDims(x, 1), tf.expandDims(x, -1)] },
  {
    name: 'Squeeze',
    shapes: [[1, 2, 1]],
    build: (xs) => [...raw('Squeeze', () => [T()])(xs), ...raw('Squeeze', () => [T(), ints('squeeze_dims', [0])])(xs)],
  },
  { name: 'Transpose', shapes: [[2, 3, 4]], build: ([x]) => [tf.transpose(x, [2, 0, 1])] },
  { name: 'Slice', shapes: [[4, 5]], build: ([x]) => [tf.slice(x, [1, 0], [2, 3]), tf.slice(x, [1], [-1])] },
  {
    name: 'StridedSlice',
    shapes: [[6, 5, 4]],
    build: ([x]) => [
      tf.stridedSlice(x, [0, 1], [6, 5], [2, 3]),
      tf.stridedSlice(x, [-1, 0, 0], [-7, 5, 4], [-2, 1, 1]),
      tf.stridedSlice(x, [1, 1], [4, 3], [1, 1], 1, 2),
      tf.stridedSlice(x, [0, 1], [0, 3], [1, 1], 0, 0, 1),
      tf.stridedSlice(x, [0, 2, 0], [0, 3, 2], [1, 1, 1], 0, 0, 0, 1, 2),
    ],
  },
  { name: 'PadV2', shapes: [[2, 3]], build: ([x]) => [tf.pad(x, [[1, 0], [2, 1]], 7)] },
  { name: 'MirrorPad', shapes: [[3, 4]], build: ([x]) => [tf.mirrorPad(x, [[1, 1], [2, 0]], 'reflect')] },
  { name: 'Tile', shapes: [[2, 3]], build: ([x]) => [tf.tile(x, [2, 3])] },
  { name: 'ReverseV2', shapes: [[2, 3]], build: ([x]) => [tf.reverse(x, [1])] },
  {
    name: 'BroadcastTo',
    shapes: [[3, 1]],
    build: ([x]) => [operation('BroadcastTo', [T(), typeAttribute('Tidx', 'int32')], [x, indices(2, 3, 4)])],
  },
  { name: 'ConcatV2', shapes: [[2, 3], [2, 1]], build: (xs) => [tf.concat(xs, 1)] },
  { name: 'SplitV', shapes: [[2, 6]], build: ([x]) => tf.split(x, [1, 2, 3], 1) },
  { name: 'Pack', shapes: [[2, 3], [2, 3]], build: (xs) => [tf.stack(xs, 1)] },
  { name: 'Unpack', shapes: [[2, 3]], build: ([x]) => tf.unstack(x, 1) },
  { name: 'Fill', shapes: [], build: () => [tf.fill([2, 3], 4), tf.fill([2], 1, 'int32')] },
  { name: 'Range', shapes: [], build: () => [tf.range(0, 7, 2, 'int32'), tf.range(5, 1, -1.5)] },
  { name: 'LinSpace', shapes: [], build: () => [tf.linspace(0, 1, 5)] },
  { name: 'OneHot', shapes: [], build: () => [tf.oneHot(indices(1, 0, 3), 4)] },
  {
    name: 'GatherV2',
    shapes: [[4, 3, 2]],
    build: ([x]) => {
      const attributes = ['Tparams', 'Tindices', 'Taxis'].map((name, index) =>
        typeAttribute(name, index === 0 ? 'float32' : 'int32'),
      );
      const rows = tf.reshape(indices(1, 0, 2, 2, 1, 0), [2, 3]);
      return [operation('GatherV2', attributes, [x, rows, tf.scalar(1, 'int32')])];
    },
  },
  { name: 'GatherNd', shapes: [[4, 3, 2]], build: ([x]) => [tf.gatherND(x, tf.reshape(indices(0, 1, 3, 2), [2, 2]))] },
  { name: 'ScatterNd', shapes: [[2, 3]], build: ([x]) => [tf.scatterND(tf.reshape(indices(1, 3), [2, 1]), x, [5, 3])] },
  {
    name: 'TensorScatterUpdate',
    shapes: [[5, 3], [2, 3]],
    build: ([x, y]) => [tf.tensorScatterUpdate(x, tf.reshape(indices(1, 3), [2, 1]), y)],
  },
  {
    name: 'InplaceUpdate',
    shapes: [[5, 3], [2, 3]],
    // Of a value of its own: it writes where its input lies.
    build: ([x, y]) => [operation('InplaceUpdate', [T()], [tf.exp(x), indices(3, 1), y])],
    exact: false,
  },
  { name: 'UnsortedSegmentSum', shapes: [[4, 3]], build: ([x]) => [tf.unsortedSegmentSum(x, indices(0, 2, 0, 1), 4)] },
  {
    name: 'UnsortedSegmentMax',
    shapes: [[4, 3]],
    build: ([x]) => [
      operation(
        'UnsortedSegmentMax',
        [T(), typeAttribute('Tindices', 'int32'), typeAttribute('Tnumsegments', 'int32')],
        [x, indices(0, 1, 0, 1), tf.scalar(2, 'int32')],
      ),
    ],
  },
  { name: 'BiasAdd', shapes: [[2, 3], [3]], build: raw('BiasAdd', () => [T()]), exact: false },
  { name: 'BiasAddGrad', shapes: [[2, 3]], build: raw('BiasAddGrad', () => [T()]), exact: false },
  {
    name: 'SoftmaxCrossEntropyWithLogits',
    shapes: [[2, 3], [2, 3]],
    build: raw('SoftmaxCrossEntropyWithLogits', () => [T()], 2),
    exact: false,
  },
  {
    name: 'SparseSoftmaxCrossEntropyWithLogits',
    shapes: [[2, 3]],
    build: ([x]) =>
      operations('SparseSoftmaxCrossEntropyWithLogits', [T(), typeAttribute('Tlabels', 'int32')], [x, indices(0, 2)], 2),
    exact: false,
  },
  {
    name: 'FusedBatchNorm',
    shapes: [[2, 4, 4, 3], [3], [3], [3], [3]],
    build: ([x, mean, variance, offset, scale]) => [
      tf.batchNorm(x, mean as tf.Tensor1D, positive(variance) as tf.Tensor1D, offset as tf.Tensor1D, scale as tf.Tensor1D),
    ],
    exact: false,
  },
  {
    name: 'FusedBatchNormV3, FusedBatchNormGradV3',
    shapes: [[2, 4, 4, 3], [3], [3], [2, 4, 4, 3]],
    build: ([x, scale, offset, dy]) => {
      const types = (): KernelAttribute[] => [T(), typeAttribute('U', 'float32'), boolAttribute('is_training', true)];
      const empty = tf.tensor1d([], 'float32');
      const forward = operations('FusedBatchNormV3', types(), [x, scale, offset, empty, empty], 6);
      const kept = forward.slice(3);
      const back = operations('FusedBatchNormGradV3', types(), [dy, x, scale, ...kept], 5);
      return [...forward.slice(0, 3), ...back.slice(0, 3)];
    },
    exact: false,
  },
  {
    name: 'Conv2D and its gradients',
    shapes: [[2, 7, 6, 3], [3, 2, 3, 4]],
    build: ([x, filter]) => {
      const apply = (stride: number, padding: 'same' | 'valid') => (a: tf.Tensor, b: tf.Tensor) =>
        tf.sum(tf.square(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, padding)));
      const images = x as tf.Tensor4D;
      return [
        tf.conv2d(images, filter as tf.Tensor4D, 2, 'same'),
        tf.conv2d(images, filter as tf.Tensor4D, 1, [[0, 0], [1, 1], [0, 1], [0, 0]]),
        tf.conv2d(images, filter as tf.Tensor4D, 1, 'valid', 'NHWC', 2),
        ...tf.grads(apply(2, 'same'))([x, filter]),
        ...tf.grads(apply(1, 'valid'))([x, filter]),
      ];
    },
    exact: false,
  },
  {
    name: 'DepthwiseConv2dNative and its gradients',
    shapes: [[2, 7, 6, 3], [3, 3, 3, 2]],
    build: ([x, filter]) => [
      tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, 'valid'),
      ...tf.grads((a, b) => tf.sum(tf.square(tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same'))))([x, filter]),
    ],
    exact: false,
  },
  {
    name: 'MaxPool, AvgPool and their gradients',
    shapes: [[2, 7, 6, 3]],
    build: ([x]) => [
      tf.maxPool(x as tf.Tensor4D, 3, 2, 'same'),
      tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid'),
      tf.grad((a) => tf.sum(tf.square(tf.maxPool(a as tf.Tensor4D, 3, 2, 'valid'))))(x),
      tf.grad((a) => tf.sum(tf.square(tf.avgPool(a as tf.Tensor4D, 3, 2, 'same'))))(x),
    ],
    exact: false,
  },
]; // prettier-ignore

export const operationCases: readonly OperationCase[] = [
  ...unary,
  ...binary,
  ...gradients,
  ...bitwise,
  ...reductions,
  ...others,
];
