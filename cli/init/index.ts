export { SCHEMAS, writeSchemas } from './write-schemas.js';
export { initProject, type InitResult } from './init-project.js';
export { askForProject, openTerminal } from './ask.js';
export { askForFields } from './ask-fields.js';
export { fieldsLines } from './fields-lines.js';
export { asTask, tasks, type Task } from './tasks.js';
