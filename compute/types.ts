import type * as tfjs from '@tensorflow/tfjs-core';

export type DType = 'float32' | 'int32' | 'bool';
export type TensorData = Float32Array | Int32Array | Uint8Array;

export interface TensorSpec {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** One in-place step of Adam on one variable (TensorFlow's `ResourceApplyAdam`). Scalars are shape []. */
export interface AdamUpdate {
  readonly variable: string;
  readonly m: string;
  readonly v: string;
  readonly gradient: tfjs.Tensor;
  readonly learningRate: tfjs.Tensor;
  readonly beta1Power: tfjs.Tensor;
  readonly beta2Power: tfjs.Tensor;
  readonly beta1: tfjs.Tensor;
  readonly beta2: tfjs.Tensor;
  readonly epsilon: tfjs.Tensor;
  /** Multiplied into the variable before the step: 1 − lr·weight_decay, for AdamW's decoupled decay. */
  readonly scale?: tfjs.Tensor;
}

export interface SignatureResult {
  /** Fetched by name after every update is done. */
  readonly outputs: Readonly<Record<string, tfjs.Tensor>>;
  /** Variable name → its new value. All are computed from the old values, then assigned. */
  readonly updates?: Readonly<Record<string, tfjs.Tensor>>;
  readonly adam?: readonly AdamUpdate[];
}

export interface SignatureScope {
  readonly variables: Readonly<Record<string, tfjs.Variable>>;
  readonly feeds: Readonly<Record<string, tfjs.Tensor>>;
}

/** A function over the program's variables, written in plain tfjs calls. Compiled: called once, to be recorded. Interpreted: called at each run. */
export interface SignatureDefinition {
  readonly feeds: Readonly<Record<string, TensorSpec>>;
  /**
   * Do products of matrices, and convolutions, in bfloat16: their inputs are rounded to it, their results widened again.
   * Of a compiled program; interpreted, all is float32.
   */
  readonly products?: 'float32' | 'bfloat16';
  /**
   * Are chains of elementwise operations one compiled function each, in a compiled program (see `fused`)? By default they are. A call
   * of one takes some 0.04 ms of CPU more than its operations over a few thousand values. On a GPU they always are.
   */
  readonly fuses?: boolean;
  build(scope: SignatureScope): SignatureResult;
}

export interface ProgramDefinition {
  /** State that stays in the session between runs. Starts as zeros. */
  readonly variables: Readonly<Record<string, TensorSpec>>;
  readonly signatures: Readonly<Record<string, SignatureDefinition>>;
}

/** The same face for the compiled TensorFlow graph and for tfjs eager, its reference. */
export interface Program {
  /** Copies values in. @throws DiagnosticError `shape-mismatch` naming the variable. */
  assign(values: Readonly<Record<string, TensorData>>): void;
  read(names: readonly string[]): Record<string, TensorData>;
  run(signature: string, feeds: Readonly<Record<string, TensorData>>): Record<string, TensorData>;
  dispose(): void;
}
