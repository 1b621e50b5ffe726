export { candidates, type Candidate } from './candidates.js';
export { projectValues } from './project-values.js';
export { SCRIPTS } from './scripts.js';
