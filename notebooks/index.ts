/** What a TypeScript notebook looks at a finetuning project with: `reprise/notebook`. */
export { barChart, lineChart, type Bars, type Lines } from './charts.js';
export { openProject, type NotebookProject, type Split } from './open-project.js';
export { type StageState } from './stage-states.js';
export { table, type Cell } from './table.js';
export { readPicture, type Picture } from '../finetuning/index.js';
export type { StoredRun } from '../tracking/index.js';
