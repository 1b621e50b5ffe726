/** The graphs of a training, for those who measure them. Loads the native library. */
export { createOptimizer } from './optimizers/create-optimizer.js';
export { trainingProgram } from './training-program.js';
