import { basename, relative } from 'node:path';
import {
  loadPipeline,
  openProject,
  readLockEntry,
  readParams,
  select,
  stageStatus,
  type Pipeline,
  type Stage,
} from '../dvc/index.js';
import { projectDefaults, settingsOf } from '../runner/index.js';
import {
  SEARCH_ATTRIBUTES,
  stageQueue,
  type Plan,
  type PlannedStage,
  type ReproduceOptions,
} from '../workflows/index.js';
import type { ActivityDependencies } from './dependencies.js';
import { openWorkspace } from './workspace.js';

/** Reads dvc.yaml, params and dvc.lock into a frozen plan. */
export async function plan(deps: ActivityDependencies, options: ReproduceOptions): Promise<Plan> {
  const folder = await openWorkspace(deps.root, options.workspace);
  const project = await openProject(folder);
  const pipeline = await loadPipeline(project);
  const stages = await planStages(pipeline, select(pipeline, { ...options, cwd: folder }), options);
  return {
    project: basename(project.root),
    workspace: { kind: 'path', path: project.root },
    stages,
    searchAttributes: await knowsSearchAttributes(deps),
  };
}

async function planStages(
  pipeline: Pipeline,
  selected: readonly Stage[],
  options: ReproduceOptions,
): Promise<PlannedStage[]> {
  const { project } = pipeline;
  const defaults = projectDefaults(project.root);
  const chosen = new Set(selected.map((stage) => stage.address));
  const current = new Set<string>();
  const planned: PlannedStage[] = [];
  for (const stage of selected) {
    const settings = settingsOf(stage, defaults);
    const upstream = (pipeline.upstream.get(stage.address) ?? []).filter((address) => chosen.has(address));
    const locked = await readLockEntry(project, stage);
    // A stage below one that will run can only be judged once that one has.
    const upToDate =
      !options.force &&
      upstream.every((address) => current.has(address)) &&
      (await stageStatus(project, stage, locked, readParams)).length === 0;
    if (upToDate) current.add(stage.address);
    planned.push({
      address: stage.address,
      name: stage.name,
      dvcfile: relative(project.root, stage.dvcfile),
      upstream,
      labels: settings.labels,
      queue: stageQueue(settings.labels),
      ...(settings.fallback ? { fallbackQueue: stageQueue([]) } : {}),
      retries: settings.retries,
      timeout: settings.timeout,
      ...(settings.heartbeat === undefined ? {} : { heartbeat: settings.heartbeat }),
      priority: settings.priority,
      upToDate,
      locked: locked !== undefined,
    });
  }
  return planned;
}

/** Upserting an attribute that the server does not know would stop the workflow: ask first. */
async function knowsSearchAttributes({ client }: ActivityDependencies): Promise<boolean> {
  try {
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
      namespace: client.options.namespace,
    });
    return Object.keys(SEARCH_ATTRIBUTES).every((name) => name in customAttributes);
  } catch {
    return false;
  }
}
