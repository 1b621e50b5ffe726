import type { ShapeRule } from '../operation-call.js';

/** Inputs: shape, seed. */
const stateless: ShapeRule = (call) => [{ dtype: call.int('dtype', 1), shape: call.numbers(0) }];

/** Operations with hidden state have no rule: a run that is resumed could not draw the same numbers. */
export const randomRules: Readonly<Record<string, ShapeRule>> = {
  StatelessRandomUniform: stateless,
  StatelessRandomNormal: stateless,
};
