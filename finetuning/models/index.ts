/** Networks in plain tensor calls, and their weights. Loads the native library. */
export type { Network, Task } from './network.js';
export { readNetwork } from './read-network.js';
