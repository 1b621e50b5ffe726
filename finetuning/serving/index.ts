/** Finetuned models over HTTP. What computes is a process of its own: importing this loads no native library. */
export { cacheBytes, type CacheBytes } from './engine/cache-bytes.js';
export { serveModels, type ServeOptions, type ServingServer } from './serve-models.js';
export type { EngineSizes, ModelSource, ServedModel, Turned } from './types.js';
