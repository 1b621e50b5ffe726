/** The workflows, by the names they are started with. This is what a worker bundles. */
export { readLog } from './read-log/read-log.js';
export { reproduce } from './reproduce/reproduce.js';
export { describeWorkers } from './describe-workers/describe-workers.js';
export { promote } from './promote/promote.js';
export { retrain } from './retrain/retrain.js';
export { sweep } from './sweep/sweep.js';
