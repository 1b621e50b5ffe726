/**
 * Tensors. Importing this loads the native TensorFlow library.
 *
 * Model code is plain tfjs on `tf`. `compileProgram` records it once, by shapes alone, and runs it as one TensorFlow graph
 * whose session holds weights and optimizer state; `interpretProgram` runs the same definition operation by operation.
 * Runs block the event loop: a training belongs in a process of its own.
 */
export { tf } from './native/tensorflow.js';
export {
  devices,
  gpuMemory,
  withoutBfloat16,
  type DeviceMemory,
  type Devices,
  type Gpu,
} from './native/devices.js';
export { batchesByBytes } from './program/batches.js';
export { compileProgram } from './program/compile.js';
export { interpretProgram } from './program/interpret.js';
export { after } from './ops/after.js';
export { bfloat16Values, bfloat16Words, fromBfloat16 } from './ops/bfloat16.js';
export { asLoss } from './ops/as-loss.js';
export { batchNorm, type BatchNormParameters, type BatchStatistics } from './ops/batch-norm.js';
export { clipByGlobalNorm } from './ops/clip.js';
export { selectByBits, selectByByte, unpackCodes } from './ops/code-table.js';
export { conv2d, conv2dOfFrozen, isPointwise, type Convolution } from './ops/conv2d.js';
export { sparseCrossEntropy } from './ops/cross-entropy.js';
export { dropout } from './ops/dropout.js';
export { fused } from './ops/fused.js';
export { gatherRows } from './ops/gather-rows.js';
export { counterKeys } from './ops/hash.js';
export { gelu } from './ops/gelu.js';
export { layerNorm } from './ops/layer-norm.js';
export { linear } from './ops/linear.js';
export { madeAgain } from './ops/made-again.js';
export { maxPool, type Pooling } from './ops/max-pool.js';
export { productCrossEntropy, productLosses } from './ops/product-cross-entropy.js';
export { recomputed } from './ops/recomputed.js';
export { relu } from './ops/relu.js';
export { rowsWritten } from './ops/rows-written.js';
export { scaled } from './ops/scaled.js';
export { smoothedCrossEntropy } from './ops/smoothed-cross-entropy.js';
export { softmax } from './ops/softmax.js';
export { tanhGelu } from './ops/tanh-gelu.js';
export { addUniformNoise } from './ops/uniform-noise.js';
export type {
  AdamUpdate,
  DType,
  Program,
  ProgramDefinition,
  SignatureDefinition,
  SignatureResult,
  SignatureScope,
  TensorData,
  TensorSpec,
} from './types.js';
