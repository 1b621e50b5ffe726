/** The package's face for applications: the plugin for a Worker, and what a Client needs. */
export { ReprisePlugin } from './reprise-plugin.js';
export type { ReprisePluginOptions } from './options.js';
export { withCompression } from '../payload-codec.js';
export { startReproduce, stateOf, type RunHandle, type StartReproduceOptions } from './client.js';
export {
  PROGRESS_SIGNAL,
  SEARCH_ATTRIBUTES,
  STATE_QUERY,
  hostQueue,
  stageQueue,
  type ReproduceInput,
  type ReproduceResult,
  type RunState,
  type StageProgress,
  type StageState,
  type StageSummary,
} from '../../workflows/index.js';
