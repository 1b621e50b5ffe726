import { chains } from './chains.js';
import { contents } from './contents.js';
import type { SamplePipeline } from './sample-pipeline.js';
import { templates } from './templates.js';

export { text, type SamplePipeline } from './sample-pipeline.js';
export { writeProject } from './write-project.js';

export const samplePipelines: readonly SamplePipeline[] = [...chains, ...templates, ...contents];
