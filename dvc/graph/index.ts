export { buildGraph, type Edges } from './build-graph.js';
export { select } from './select.js';
