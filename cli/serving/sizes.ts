import type { EngineSizes } from '../../finetuning/serving/index.js';

/** What `reprise serve` makes its graphs for, unless it is told otherwise. */
export const DEFAULT_SIZES: EngineSizes = { maxBatch: 32, maxLength: 512, maxContext: 1024 };
