/** Trials of a sweep over a git repository: each has a commit of its own, and becomes an experiment there. */
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { DiagnosticError } from '../../diagnostics/index.js';
import { loadPipeline, openProject, outputsAt, select, type Pipeline } from '../../dvc/index.js';
import {
  checkParams,
  parseMetricName,
  parseParamName,
  projectDefaults,
  readMetric,
  setParams,
  settingsOf,
} from '../../runner/index.js';
import {
  branchTip,
  checkRepository,
  deleteBranch,
  editBranch,
  fetchPaths,
  hasExperiments,
  keepExperiment,
  openWorkspace,
} from '../../workspaces/index.js';
import type {
  BeginSweepInput,
  CollectTrialInput,
  CollectedTrial,
  GitWorkspace,
  ReproduceOptions,
  SweepPlan,
  SweepRepository,
  TrialParams,
  TrialRef,
} from '../../workflows/index.js';
import { absentState } from '../absent-state.js';
import type { ActivityDependencies } from '../dependencies.js';
import { pinWorkspace } from '../pin-workspace.js';
import { repositoryName } from '../repository-name.js';
import { readGitRecords, repositoryOf } from './git-records.js';
import { removeAbandonedGit } from './remove-abandoned.js';
import { branchOf } from './trial-branch.js';

type GitTrial<T extends TrialRef = TrialRef> = T & { readonly git: SweepRepository };

/**
 * Checks what a sweep is to do, and keeps the commit that it is about.
 *
 * @throws DiagnosticError for whatever would make every trial fail
 */
export async function beginGitSweep(
  deps: ActivityDependencies,
  input: BeginSweepInput,
  asked: ReproduceOptions['workspace'],
): Promise<SweepPlan> {
  const { id, run, params, metric, targets } = input;
  const workspace = (await pinWorkspace(deps, asked)) as GitWorkspace;
  const { url, commit, path, remote } = workspace;
  const { folder } = await openWorkspace(deps, workspace, Context.current().cancellationSignal);
  parseMetricName(metric);
  const project = await openProject(folder);
  const stages = select(await loadPipeline(project), { targets, cwd: folder });
  await checkParams(folder, params, stages);
  const defaults = projectDefaults(project.root);
  for (const stage of stages) settingsOf(stage, defaults);
  const git = { url, commit, path, ...(remote === undefined ? {} : { remote }) };
  const records = await readGitRecords(url, Context.current().cancellationSignal);
  const isThere = records.some(
    (record) => record.id === id && record.run !== run && repositoryOf(record)?.commit === commit,
  );
  if (isThere || (await hasExperiments(url, commit, `${id}-`))) {
    throw new DiagnosticError('sweep-exists', {
      message: `the repository has ${isThere ? '' : 'experiments of '}a sweep ${id} already, of the same commit`,
      at: { file: url },
      fix: 'choose another name, or leave the name out',
    });
  }
  await removeAbandonedGit(deps, url, records, run);
  return { id, project: repositoryName(url), root: '', folder: path, baseline: commit, git };
}

/** Sets a trial's params in a commit on a branch of its own. Doing it again finds it there. */
export async function prepareGitTrial(
  deps: ActivityDependencies,
  trial: GitTrial<TrialRef & { readonly params: TrialParams }>,
): Promise<ReproduceOptions['workspace']> {
  const { url, commit, path, remote } = trial.git;
  checkRepository(url, deps.repositories);
  const branch = branchOf(trial);
  await editBranch({
    served: deps.root,
    url,
    path,
    branch,
    start: commit,
    signal: Context.current().cancellationSignal,
    async edit({ root }) {
      await setParams(root, trial.params);
      const files = new Set(Object.keys(trial.params).map((name) => join(root, parseParamName(name).file)));
      return { result: undefined, files: [...files], message: `Set params of ${trial.sweep}-${trial.label}` };
    },
  });
  // The params may be those that are there: then there is nothing to commit yet.
  const isThere = (await branchTip(url, branch)) !== undefined;
  return {
    kind: 'git',
    url,
    path,
    rev: isThere ? `refs/heads/${branch}` : commit,
    branch,
    ...(remote === undefined ? {} : { remote }),
  };
}

/** Reads a trial's metric, and keeps what it made as an experiment on the baseline. */
export async function collectGitTrial(
  deps: ActivityDependencies,
  trial: GitTrial<CollectTrialInput>,
): Promise<CollectedTrial> {
  const { url, commit: baseline, path } = trial.git;
  checkRepository(url, deps.repositories);
  const name = `${trial.sweep}-${trial.label}`;
  const made = await keepExperiment({
    served: deps.root,
    url,
    path,
    commit: (await branchTip(url, branchOf(trial))) ?? baseline,
    baseline,
    name,
    at: trial.at,
    read: (pipeline) => metricOf(pipeline, trial),
    signal: Context.current().cancellationSignal,
  });
  return { value: made.read, experiment: { name, commit: made.commit } };
}

/** A metric that DVC keeps is in the remote, not in git. */
async function metricOf(
  pipeline: Pipeline,
  { git, metric, sweep }: GitTrial<CollectTrialInput>,
): Promise<number> {
  const { project } = pipeline;
  const file = join(project.root, parseMetricName(metric).file);
  const { entryOf, remote } = await absentState(pipeline, { kind: 'git', ...git, run: sweep });
  if (outputsAt(file, pipeline.stages, entryOf).some(({ out }) => out.cache)) {
    const signal = Context.current().cancellationSignal;
    await fetchPaths({ project, pipeline, paths: [file], entryOf, isMade: () => false, remote, signal });
  }
  return await readMetric(project.root, metric);
}

export async function removeGitTrial(deps: ActivityDependencies, trial: GitTrial): Promise<void> {
  checkRepository(trial.git.url, deps.repositories);
  await deleteBranch(trial.git.url, branchOf(trial), Context.current().cancellationSignal);
}
