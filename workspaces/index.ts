/** Where a run works: the user's folder in place, or a private checkout of a git revision whose results are pushed. */
export { openWorkspace, type OpenedWorkspace, type Served, type WorkspaceRequest } from './open-workspace.js';
export { commitEntries, type LockEntries } from './commit-entries.js';
export { bringObjects } from './bring-objects.js';
export { fetchInputs, fetchPaths, type InputsOptions, type PathsOptions } from './fetch-inputs.js';
export { updateImport } from './imports/update-import.js';
export { pullInputs, pullOutputs } from './pull-missing.js';
export { pushResults } from './push-results.js';
export { publish, type Published, type PublishOptions } from './publish.js';
export { openRemoteIfAny } from './open-remote-if-any.js';
export { pruneCheckouts } from './prune-checkouts.js';
export { editBranch, type BranchEdit, type Edited } from './edit-branch.js';
export { lookAt, type Revision } from './look-at.js';
export { hasExperiments, keepExperiment, type ExperimentOptions } from './keep-experiment.js';
export { SWEEP_RECORDS, editRecord, readRecords, sweepRecordRef, type RecordEdit } from './records.js';
export { deleteBranch } from './git/delete-branch.js';
export { revisionAt } from './git/revision-at.js';
export { branchesThatBegin, branchTip, resolveRevision } from './git/resolve-revision.js';
export { checkRepository, checkRevision } from './git/repository-url.js';
