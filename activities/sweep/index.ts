/** What the workflow `sweep` does to the world: thin verbs over `runner/trials`. */
import { basename, relative } from 'node:path';
import { openProject } from '../../dvc/index.js';
import {
  applyExperiment,
  beginSweep,
  parseMetricName,
  prepareTrial,
  readMetric,
  removeTrial,
  saveExperiment,
  trialCopy,
} from '../../runner/index.js';
import type {
  BeginSweepInput,
  SweepActivities,
  SweepPlan,
  SweepRepository,
  TrialRef,
} from '../../workflows/index.js';
import type { ActivityDependencies } from '../dependencies.js';
import { folderInside } from './folder-inside.js';
import { beginGitSweep, collectGitTrial, prepareGitTrial, removeGitTrial } from './git-trials.js';
import { recordSweep } from './record-sweep.js';
import { removeAbandoned } from './remove-abandoned.js';

export function createSweepActivities(deps: ActivityDependencies): SweepActivities {
  /** A workflow's input may come from anybody: each path is held to the folder that this worker serves. */
  const checked = async <T extends TrialRef>(trial: T): Promise<T> => ({
    ...trial,
    root: await folderInside(deps, trial.root),
  });
  return {
    beginSweep: (input) => begin(deps, input),
    async prepareTrial({ params, ...trial }) {
      if (isGit(trial)) return await prepareGitTrial(deps, { ...trial, params });
      const { workspace } = await prepareTrial(await checked(trial), params);
      return { kind: 'path', path: workspace };
    },
    async collectTrial(trial) {
      if (isGit(trial)) return await collectGitTrial(deps, trial);
      const place = await checked(trial);
      const { workspace } = await trialCopy(place);
      const value = await readMetric(workspace, trial.metric);
      const extra = [parseMetricName(trial.metric).file];
      const experiment = await saveExperiment(place, `${trial.sweep}-${trial.label}`, extra, trial.at);
      return { value, experiment };
    },
    async removeTrial(trial) {
      if (isGit(trial)) await removeGitTrial(deps, trial);
      else await removeTrial(await checked(trial));
    },
    recordSweep: (input) => recordSweep(deps, input),
    async applyTrial({ commit, ...trial }) {
      await applyExperiment({ ...(await checked(trial)), commit, force: false });
    },
  };
}

function isGit<T extends TrialRef>(trial: T): trial is T & { readonly git: SweepRepository } {
  return trial.git !== undefined;
}

async function begin(deps: ActivityDependencies, input: BeginSweepInput): Promise<SweepPlan> {
  if (input.workspace.kind === 'git') return await beginGitSweep(deps, input, input.workspace);
  const folder = await folderInside(deps, input.workspace.path);
  const { root } = await openProject(folder);
  // The project may lie around the folder that is served: its trials would not be inside.
  await folderInside(deps, root);
  const begun = await beginSweep({ ...input, folder });
  await removeAbandoned(deps, root, input.id);
  return { id: input.id, project: basename(root), ...begun, folder: relative(root, folder) };
}
