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
export { type Placement } from './versions/place.js';
export { promote, type Promotion } from './versions/promote.js';
export {
  findVersion,
  nextVersion,
  register,
  type Registered,
  type Registration,
} from './versions/register.js';
export {
  ALIASES,
  announce,
  announcementSetting,
  versionDescription,
  type MlflowAnnouncement,
} from './registry/announce.js';
export { registryOf, registrySection, type Registry, type RegistrySettings } from './registry/settings.js';
export { candidateFile, readCandidate } from './versions/candidate-alias.js';
export { readVersion, type VersionRecord } from './versions/version-record.js';
export { recordFiles } from './versions/record-files.js';
export { present } from './versions/present.js';
export { modelCard } from './card/model-card.js';
export { describeVersion } from './card/version-card.js';
export { diffVersions, type Change, type VersionDiff } from './lineage/diff-versions.js';
export { mayBeOf } from './lineage/makers.js';
export { codeOf } from './lineage/code-of.js';
export { gatherLineage } from './lineage/gather-lineage.js';
export { knownPipeline, type KnownPipeline } from './lineage/known-pipeline.js';
export { productionFile, readProduction, type ProductionRecord } from './versions/production.js';
export { stageCandidate, stageContent, type CandidatePaths } from './versions/stage-candidate.js';
