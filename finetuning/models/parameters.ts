import type { LayerKind } from './layers/layer.js';

/** Parameter name → shape, as transformers names and stores them. In a fixed order. */
export type ParameterShapes = ReadonlyMap<string, readonly number[]>;

/** Collects a model's parameters in the order in which they are named. */
export class ParameterList {
  readonly shapes = new Map<string, readonly number[]>();
  /** The kind of each layer that a method may put something beside, by its path. */
  readonly layers = new Map<string, LayerKind>();

  add(name: string, shape: readonly number[]): void {
    this.shapes.set(name, shape);
  }

  /** torch's Linear: [out, in] */
  linear(path: string, output: number, input: number): void {
    this.layers.set(path, 'linear');
    this.add(`${path}.weight`, [output, input]);
    this.add(`${path}.bias`, [output]);
  }

  /** GPT-2's Conv1D: [in, out] */
  conv1d(path: string, input: number, output: number): void {
    this.layers.set(path, 'conv1d');
    this.add(`${path}.weight`, [input, output]);
    this.add(`${path}.bias`, [output]);
  }

  /** Filters [out, in, height, width], without a bias. */
  conv2d(path: string, output: number, input: number, kernel: number): void {
    this.layers.set(path, 'conv2d');
    this.add(`${path}.weight`, [output, input, kernel, kernel]);
  }

  norm(path: string, width: number): void {
    this.add(`${path}.weight`, [width]);
    this.add(`${path}.bias`, [width]);
  }
}

/** The Trainer's rule: no weight decay on biases and norms. */
export function isDecayed(parameter: string): boolean {
  return !/bias|layernorm|rmsnorm|(?:^|\.)norm(?:$|\.)|_norm(?:$|\.)/i.test(parameter);
}
