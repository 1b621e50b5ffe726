/** Experiments, as MLflow keeps them: in its file store, or on a server of its own. */
export { trackingTarget, type TrackingTarget } from './target.js';
export { TrackedRun, type TrackedRunOptions, type TrackingEnd } from './tracked-run.js';
export { sendPending, type PendingEnd } from './sending/send-pending.js';
export type { DatasetInput, RunStatus } from './store/tracking-store.js';
export { mlflowModel, type MlflowModel, type ModelFile } from './mlmodel/mlflow-model.js';
export { SIGNATURES, type ModelSignature } from './mlmodel/signatures.js';
export { describeSource, withoutCredentials } from './facts/describe-source.js';
export { MODEL_MD5_TAG, MODEL_TAG } from './journal/entries.js';
export { modelDigest } from './facts/model-digest.js';
export { flatten } from './facts/flatten.js';
export { fileStoreOf, trackingPlace, type TrackingPlace } from './facts/place.js';
export { trackingSettingOf, type TrackingConfig, type TrackingSetting } from './setting.js';
export { announceVersion, findModelRun, type Announcement } from './registry/announce-version.js';
export { DESCRIPTION_LIMIT, type RegisteredVersion } from './registry/registered-version.js';
export { readStoredRuns, type StoredRun } from './store/read-stored-runs.js';
