/** What trains, and what is added where. Loads the native library. */
export { loraMethod } from './lora/lora.js';
export type { Method } from './method.js';
