/** Networks in plain tensor calls, and their weights. Loads the native library. */
export { readNetwork, type Network } from './network.js';
