export { loadPipeline } from './load-pipeline.js';
export { readParams, requireParams, type ParamValues } from './params/read-params.js';
