/** The graphs of a training, for those who measure them. Loads the native library. */
export { adamFeedsAt, type AdamWSettings } from './adamw.js';
export { trainingProgram, type ProgramSettings } from './training-program.js';
