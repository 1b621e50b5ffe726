import type { ShapeRule } from '../operation-call.js';
import { convolutionRules } from './convolution.js';
import { elementwiseRules } from './elementwise.js';
import { indexingRules } from './indexing.js';
import { layoutRules } from './layout.js';
import { normalizationRules } from './normalization.js';
import { productRules } from './products.js';
import { reductionRules } from './reductions.js';
import { stridedSliceRules } from './strided-slice.js';

/**
 * TensorFlow's name of an operation → what comes out of it. Random numbers of hidden state have no rule: a run that is resumed could not
 * draw the same ones.
 */
export const shapeRules: ReadonlyMap<string, ShapeRule> = new Map(
  [
    elementwiseRules,
    reductionRules,
    productRules,
    layoutRules,
    stridedSliceRules,
    indexingRules,
    normalizationRules,
    convolutionRules,
  ].flatMap((family) => Object.entries(family)),
);
