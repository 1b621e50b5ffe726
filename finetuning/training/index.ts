/** The graphs of a training, for those who measure them. Loads the native library. */
export { isDecayed } from '../models/parameters.js';
export { adamW } from './optimizers/adamw.js';
export { oneGroup } from './optimizers/parameter-rule.js';
export { trainingProgram, type ProgramSettings } from './training-program.js';
