/** Copies of a project for the trials of a sweep, and what is kept of them. */
export { applyExperiment, type ApplyRequest } from './apply-experiment.js';
export { beginSweep, type BegunSweep, type SweepRequest } from './begin-sweep.js';
export { checkParams, parseParamName, setParams, type TrialValue } from './params-file.js';
export { prepareTrial, trialCopy, type TrialCopy, type TrialPlace } from './prepare-trial.js';
export { parseMetricName, readMetric } from './read-metric.js';
export {
  formatRecord,
  listRecords,
  newestFirst,
  parseRecord,
  readRecord,
  writeRecord,
  type SweepRecord,
} from './record.js';
export { removeTrial, removeTrialCheckpoints, removeTrials } from './remove-trial.js';
export { saveExperiment, type Experiment } from './save-experiment.js';
export { SWEEP_ID } from './sweep-folder.js';
