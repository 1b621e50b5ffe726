import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type * as tfjs from '@tensorflow/tfjs-core';
import { DiagnosticError } from '../../diagnostics/index.js';
import { prepareEnvironment, restoreUtilTypeTests } from './environment.js';
import { loadQuietly } from './load-quietly.js';

export const PACKAGE = '@tensorflow/tfjs-node-gpu';

/** @throws DiagnosticError `native-missing`, `native-unloadable`, `bad-threads` */
function loadTensorflow(): typeof tfjs {
  // Who asks for more of its logs is given all of them.
  const quiet = process.env.TF_CPP_MIN_LOG_LEVEL === undefined;
  prepareEnvironment();
  restoreUtilTypeTests();
  try {
    const require = createRequire(import.meta.url);
    if (quiet) loadQuietly(dirname(require.resolve(`${PACKAGE}/package.json`)));
    return require(PACKAGE) as typeof tfjs;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const missing = code === 'MODULE_NOT_FOUND' || /native addon module .* can not be found/.test(message);
    throw missing
      ? new DiagnosticError('native-missing', {
          message: 'the native TensorFlow library is not set up',
          fix: 'run `npm run setup` in a checkout, or `reprise setup`',
          cause: error,
        })
      : new DiagnosticError('native-unloadable', {
          message: 'the native TensorFlow library cannot be loaded',
          found: message.split('\n')[0] ?? message,
          fix: 'run `npm run setup` in a checkout, or `reprise setup`; it must have run on this host',
          cause: error,
        });
  }
}

/**
 * tfjs with the TensorFlow backend: the one instance that the recorder knows. Importing this module loads the native
 * library, so that rooms import `compute` only where they calculate.
 */
export const tf: typeof tfjs = loadTensorflow();

/** The types that go with it, so that `tf.Tensor2D` reads as in tfjs's own documentation. */
// eslint-disable-next-line @typescript-eslint/no-namespace -- only a namespace gives a constant types of the same name
export namespace tf {
  export type Rank = tfjs.Rank;
  export type Tensor<R extends Rank = Rank> = tfjs.Tensor<R>;
  export type Scalar = tfjs.Scalar;
  export type Tensor1D = tfjs.Tensor1D;
  export type Tensor2D = tfjs.Tensor2D;
  export type Tensor3D = tfjs.Tensor3D;
  export type Tensor4D = tfjs.Tensor4D;
  export type Tensor5D = tfjs.Tensor5D;
  export type Variable<R extends Rank = Rank> = tfjs.Variable<R>;
  export type DataType = tfjs.DataType;
  export type TensorLike = tfjs.TensorLike;
  export type TypedArray = tfjs.TypedArray;
  export type NamedTensorMap = tfjs.NamedTensorMap;
  export type GradSaveFunc = tfjs.GradSaveFunc;
}
