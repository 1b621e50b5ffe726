/** Whether two models differ by more than chance: on the same rows, drawn with replacement. */
export { bootstrap, type BootstrapOptions } from './bootstrap.js';
export { bootstrapFigures, type FiguresOf } from './bootstrap-figures.js';
export { countKinds, figuresOf, kindsOf, type Kinds, type PairedAnswers } from './figures.js';
export { interval } from './interval.js';
export { mcnemar, type McNemar } from './mcnemar.js';
export { Random } from './random.js';
export { rankCorrelation, rankedBy, type Ranked } from './rank-correlation.js';
export { sumOf, type RowSums } from './row-sums.js';
