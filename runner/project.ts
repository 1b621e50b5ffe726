/** A face of the room for what runs no stage: a project's settings, its `.reprise` folder, and who works in it. */
export { RunFolder, openState } from './run-folder.js';
export { projectRunId } from './project-run-id.js';
export { identify, isAlive, signalProcess, type ProcessIdentity } from './command/process-identity.js';
export { label, settingsOf } from './settings/stage-settings.js';
export { projectDefaults } from './settings/project-settings.js';
