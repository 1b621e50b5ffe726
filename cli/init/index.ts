export { SCHEMAS, writeSchemas } from './write-schemas.js';
export { initProject, type InitResult } from './init-project.js';
export { askForProject } from './ask.js';
export { asTask, tasks, type Task } from './tasks.js';
