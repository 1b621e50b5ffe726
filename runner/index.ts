/** Runs one stage's command as a child process: progress, checkpoints, signals, limits. */
export {
  CommandFailed,
  CommandStopped,
  runCommand,
  type CommandRun,
  type CommandUpdate,
} from './run-command.js';
export { expireLocalCheckpoints, removeCheckpoints } from './checkpoints/local-checkpoints.js';
export { CheckpointStore, expireCheckpoints } from './checkpoints/checkpoint-store.js';
export { withUploads, type CheckpointUploads } from './checkpoints/uploads.js';
export { Turn } from './single-flight/turn.js';
export { RunFolder, openState } from './run-folder.js';
export { readLog, type LogPart, type LogPosition } from './logs/read-log.js';
export { identify, isAlive, type ProcessIdentity } from './command/process-identity.js';
export { redactor } from './command/redact.js';
export { startSpawner } from './command/spawner.js';
export { label, settingsOf, stageSettings, type EffectiveSettings } from './settings/stage-settings.js';
export {
  fairnessWeight,
  projectDefaults,
  projectSection,
  projectSettings,
} from './settings/project-settings.js';
export { projectRunId } from './project-run-id.js';
export {
  SWEEP_ID,
  applyExperiment,
  beginSweep,
  checkParams,
  formatRecord,
  listRecords,
  newestFirst,
  parseMetricName,
  parseParamName,
  prepareTrial,
  readMetric,
  parseRecord,
  readRecord,
  removeTrial,
  removeTrialCheckpoints,
  removeTrials,
  saveExperiment,
  setParams,
  trialCopy,
  writeRecord,
  type SweepRecord,
  type TrialPlace,
} from './trials/index.js';
