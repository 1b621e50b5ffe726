/** Whether a candidate is to replace the model in production, and how it does. */
export { compare } from './comparison/compare.js';
export { compareFiles, type PredictionsFile } from './comparison/compare-files.js';
export { compareModels, type ModelsCompared } from './comparison/compare-models.js';
export { judge, judgeFirst, judgeIncomparable } from './comparison/judge.js';
export { differenceOfRows, pair, type Paired } from './comparison/pair.js';
export { readPredictions, type Predictions } from './comparison/read-predictions.js';
export { insideProject } from './versions/paths.js';
export { listVersions, type ModelVersion } from './versions/list-versions.js';
export { rollBack, type Rollback } from './versions/rollback.js';
export { nextVersion, promote, type Placement, type Promotion } from './versions/place.js';
export { productionFile, readProduction, type ProductionRecord } from './versions/production.js';
export { stageCandidate, stageContent, type CandidatePaths } from './versions/stage-candidate.js';
