import { basename, isAbsolute, relative } from 'node:path';
import { Context } from '@temporalio/activity';
import {
  loadPipeline,
  missingAllowed,
  openProject,
  readLockEntry,
  readParams,
  select,
  stageStatus,
  type Pipeline,
  type Stage,
} from '../dvc/index.js';
import { projectDefaults, settingsOf } from '../runner/index.js';
import { openWorkspace } from '../workspaces/index.js';
import { stageQueue, type Plan, type PlannedStage, type ReproduceOptions } from '../workflows/index.js';
import type { ActivityDependencies } from './dependencies.js';
import { fairnessOf } from './fairness.js';
import { absentState, withoutLost, type AbsentState } from './absent-state.js';
import { pinWorkspace } from './pin-workspace.js';
import { pruneWorkspaces } from './prune-workspaces.js';
import { repositoryName } from './repository-name.js';
import { knowsSearchAttributes } from './search-attributes.js';

/** Reads dvc.yaml, params and dvc.lock into a frozen plan. */
export async function plan(deps: ActivityDependencies, options: ReproduceOptions): Promise<Plan> {
  const workspace = await pinWorkspace(deps, options.workspace);
  const { folder, isPrivate } = await openWorkspace(deps, workspace, Context.current().cancellationSignal);
  const project = await openProject(folder);
  const pipeline = await loadPipeline(project);
  if (isPrivate) await pruneWorkspaces(deps);
  const state = isPrivate ? await absentState(pipeline, workspace) : undefined;
  const selected = select(pipeline, { ...options, cwd: folder });
  const name = workspace.kind === 'path' ? basename(project.root) : repositoryName(workspace.url);
  const fairness = fairnessOf(project.root, name);
  const stages = await planStages(pipeline, selected, options, state, fairness);
  return {
    project: name,
    workspace: workspace.kind === 'path' ? { kind: 'path', path: project.root } : workspace,
    stages: state ? await withoutLost(stages, selected, state) : stages,
    searchAttributes: await knowsSearchAttributes(deps),
  };
}

async function planStages(
  pipeline: Pipeline,
  selected: readonly Stage[],
  options: ReproduceOptions,
  state: AbsentState | undefined,
  fairness: PlannedStage['fairness'],
): Promise<PlannedStage[]> {
  const { project } = pipeline;
  const defaults = projectDefaults(project.root);
  const chosen = new Set(selected.map((stage) => stage.address));
  const current = new Set<string>();
  const planned: PlannedStage[] = [];
  for (const stage of selected) {
    const settings = settingsOf(stage, defaults);
    const edges = (pipeline.upstream.get(stage.address) ?? []).filter((address) => chosen.has(address));
    const locked = await readLockEntry(project, stage);
    const absent = state?.files ?? (options.allowMissing ? missingAllowed(pipeline, stage) : undefined);
    // A stage below one that will run can only be judged once that one has.
    const upToDate =
      !options.force &&
      !(stage.imports !== undefined && (options.updateImports || !stage.frozen)) &&
      edges.every((address) => current.has(address)) &&
      (await stageStatus(project, stage, locked, readParams, absent)).length === 0;
    if (upToDate) current.add(stage.address);
    planned.push({
      address: stage.address,
      name: stage.name,
      dvcfile: relative(project.root, stage.dvcfile),
      upstream: stage.frozen ? makersOf(stage, selected) : edges,
      labels: settings.labels,
      queue: stageQueue(settings.labels),
      ...(settings.fallback ? { fallbackQueue: stageQueue([]) } : {}),
      retries: settings.retries,
      timeout: settings.timeout,
      ...(settings.heartbeat === undefined ? {} : { heartbeat: settings.heartbeat }),
      priority: settings.priority,
      fairness,
      upToDate,
      locked: locked !== undefined,
    });
  }
  return planned;
}

/**
 * A frozen stage has no upstream edges: what it reads does not make it run. But when its deps are made in this same run, it
 * has to come after, as it does in DVC's sequence.
 */
function makersOf(stage: Stage, selected: readonly Stage[]): string[] {
  const before = selected.slice(0, selected.indexOf(stage));
  const reads = (file: string): boolean =>
    stage.deps.some((dep) => isInside(file, dep.file) || isInside(dep.file, file));
  return before.filter((maker) => maker.outs.some((out) => reads(out.file))).map((maker) => maker.address);
}

function isInside(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return path === '' || !(path.startsWith('..') || isAbsolute(path));
}
