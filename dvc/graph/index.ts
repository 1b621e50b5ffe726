export { buildGraph, type Edges } from './build-graph.js';
export { externalPath } from './external-path.js';
export { PathTree } from './path-tree.js';
export { select } from './select.js';
export { selectOutputs, type OutputSelection, type SelectedOutput } from './select-outputs.js';
