/** Runs of the workflow `reproduce`, seen from a client: started, taken up again, watched to their end. */
export { detach, type DetachOptions } from './detach.js';
export { dryRun } from './dry-run.js';
export { repro, type ReproOptions } from './repro.js';
export { serveProject, type ServeOptions } from './serve-project.js';
export { serveUi } from './serve-ui.js';
export { startOnly } from './start-only.js';
