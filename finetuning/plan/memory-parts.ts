import { freemem } from 'node:os';
import { gpuMemory, type TensorSpec } from '../../compute/index.js';
import type { FinetuningConfig } from '../../configs/index.js';
import type { Method } from '../methods/method.js';
import { modelVariables } from '../models/inference-program.js';
import type { Network } from '../models/network.js';
import type { Optimizer } from '../training/optimizers/optimizer.js';

const BYTES = 4;

const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** How many numbers a model has under a method: stored values count as what they stand for. */
export interface ParameterCounts {
  readonly total: number;
  readonly trainable: number;
}

export function countParameters(network: Network, method: Method): ParameterCounts {
  const shapes = new Map([...network.shapes, ...method.added]);
  let total = 0;
  for (const shape of shapes.values()) total += elements(shape);
  const trainable = method.trainable.reduce((sum, name) => sum + elements(shapes.get(name) ?? []), 0);
  return { total, trainable };
}

/** Bytes that follow from the shapes alone. */
export interface FixedMemory {
  /** The model's variables, in the form in which the method keeps them, and what it adds. */
  readonly weights: number;
  /** All of them exist at once: clipping wants their common norm. With accumulation, their sums beside them. */
  readonly gradients: number;
  /** Moments, and averages of what trains, where they are kept. */
  readonly optimizer: number;
}

export function fixedMemory(
  network: Network,
  method: Method,
  optimizer: Optimizer,
  {
    gradient_accumulation_steps,
    ema_decay,
  }: Pick<FinetuningConfig, 'gradient_accumulation_steps' | 'ema_decay'>,
): FixedMemory {
  const accumulates = gradient_accumulation_steps > 1;
  const variables = modelVariables(network, method);
  const bytes = (spec: TensorSpec): number => elements(spec.shape) * BYTES;
  let [weights, gradients, state] = [0, 0, 0];
  for (const spec of Object.values(variables)) weights += bytes(spec);
  for (const name of method.trainable) {
    const spec = variables[name] as TensorSpec;
    gradients += bytes(spec) * (accumulates ? 2 : 1);
    for (const shape of optimizer.state(name, spec.shape).values()) state += elements(shape) * BYTES;
    if (ema_decay !== null) state += bytes(spec);
  }
  return { weights, gradients, optimizer: state };
}

/** Bytes that are free on the GPU; without one, that the operating system, or the control group that the process is in, still has. */
export function availableMemory(): number {
  const gpu = gpuMemory();
  if (gpu) return gpu.free;
  return typeof process.availableMemory === 'function' ? process.availableMemory() : freemem();
}
