/** Networks in plain tensor calls, and their weights. Loads the native library. */
export type { Network, Task } from './network.js';
export { encodedWeights } from './encoded-weights.js';
export { WeightValues } from './load-weights.js';
export { generateBatch } from './generation/generate.js';
export { generationProgram } from './generation/generation-program.js';
export { readNetwork } from './read-network.js';
