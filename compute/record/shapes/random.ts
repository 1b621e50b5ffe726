import type { ShapeRule } from '../operation-call.js';

/** Inputs: shape, then key, counter and algorithm, or a seed. */
const stateless: ShapeRule = (call) => [{ dtype: call.int('dtype', 1), shape: call.numbers(0) }];

/** Operations with hidden state have no rule: a run that is resumed could not draw the same numbers. */
export const randomRules: Readonly<Record<string, ShapeRule>> = {
  StatelessRandomUniform: stateless,
  StatelessRandomNormal: stateless,
  StatelessRandomUniformV2: stateless,
  StatelessRandomNormalV2: stateless,
};
