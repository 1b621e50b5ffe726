export { createProgressReporter, type ProgressOptions } from './create-progress-reporter.js';
export { formatFigure, formatSeconds } from './pace.js';
export type { ProgressReporter, ProgressUpdate } from './progress-update.js';
