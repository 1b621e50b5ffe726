/** What trains, and what is added where. Loads the native library. */
export { createMethod } from './create-method.js';
export type { Method } from './method.js';
