import type { TensorSpec } from '../../../compute/index.js';

/** A number that changes from step to step. */
export const scalarFeed = { shape: [], dtype: 'float32' } as const satisfies TensorSpec;
