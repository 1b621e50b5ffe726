/** Who serves a Temporal server's queues. */
export { formatWorkers } from './format.js';
export { listWorkers, type ListedWorker } from './list-workers.js';
