import { basename } from 'node:path';
import { loadPipeline, select, type Pipeline } from '../../dvc/index.js';
import { projectDefaults, projectRunId, projectSection, settingsOf } from '../../runner/index.js';
import { insideProject } from '../../promotion/index.js';
import {
  RETRAIN_DEFAULTS,
  retrainSection,
  type PlanRetrainInput,
  type RetrainPlan,
  type RetrainSettings,
  type Workspace,
} from '../../workflows/index.js';
import type { ActivityDependencies } from '../dependencies.js';
import { pinWorkspace } from '../pin-workspace.js';
import { pruneWorkspaces } from '../prune-workspaces.js';
import { repositoryName } from '../repository-name.js';
import { knowsSearchAttributes } from '../search-attributes.js';
import { readChannels } from './channels.js';
import { openRetrained } from './open-project.js';
import { projectRegistry } from './registry.js';

/** Reads what the project says of its retraining, under what the workflow's input says. */
export async function planRetrain(deps: ActivityDependencies, input: PlanRetrainInput): Promise<RetrainPlan> {
  const asked = input.workspace;
  const pinned = await pinWorkspace(
    deps,
    asked.kind === 'git' ? { ...asked, rev: asked.rev ?? `refs/heads/${asked.branch}` } : asked,
  );
  const { folder, ...project } = await openRetrained(deps, pinned);
  const isOfThen = asked.kind === 'git' && asked.asOf !== undefined;
  if (pinned.kind === 'git') await pruneWorkspaces(deps);
  const { root } = project;
  const pipeline = await loadPipeline(project);
  const own = projectSection(root, 'retrain', retrainSection.prefault({}));
  const settings: RetrainSettings = {
    ...RETRAIN_DEFAULTS,
    ...preset(pipeline),
    ...present(own),
    ...present(input.settings),
  };
  // A mistake in these is told before anything is trained.
  projectRegistry(project, pinned);
  for (const path of [settings.model, settings.predictions, settings.final]) await insideProject(root, path);
  return {
    ...identityOf(pinned, root, folder),
    settings,
    // What comes today is no part of what was there then.
    ingest: settings.ingest ?? (isOfThen ? [] : sources(pipeline, folder, settings)),
    channels: [...readChannels(root)].map(([name, { events }]) => ({ name, events })),
    searchAttributes: await knowsSearchAttributes(deps),
  };
}

/** Rounds of one project, or of one branch, have one id for their runs. */
function identityOf(
  workspace: Workspace,
  root: string,
  folder: string,
): Pick<RetrainPlan, 'project' | 'workspace' | 'runId'> {
  if (workspace.kind === 'path')
    return { project: basename(root), workspace: { kind: 'path', path: folder }, runId: projectRunId(root) };
  const { url, path, branch = '' } = workspace;
  const project = repositoryName(url);
  return { project, workspace, runId: projectRunId([url, path, branch].join('\0'), project) };
}

/** A pipeline whose evaluation is ours has models that ours can ask again. */
function preset({ stages }: Pipeline): Partial<RetrainSettings> {
  return stages.some((stage) => stage.cmd === 'reprise evaluate') ? { predict: 'reprise predict' } : {};
}

/** Imports, and stages that depend on nothing: what they make comes from outside. One that needs a GPU makes it itself. */
function sources(pipeline: Pipeline, folder: string, { targets }: RetrainSettings): string[] {
  const defaults = projectDefaults(pipeline.project.root);
  return select(pipeline, { targets, cwd: folder })
    .filter(
      (stage) =>
        stage.imports !== undefined ||
        (stage.cmd !== undefined &&
          !stage.frozen &&
          stage.deps.length === 0 &&
          settingsOf(stage, defaults).gpus === 0),
    )
    .map((stage) => stage.address);
}

function present(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
