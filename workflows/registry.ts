/** The workflows, by the names they are started with. This is what a worker bundles. */
export { reproduce } from './reproduce/reproduce.js';
export { describeWorkers } from './describe-workers/describe-workers.js';
