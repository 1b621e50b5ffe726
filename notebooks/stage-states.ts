import { sep } from 'node:path';
import {
  loadPipeline,
  openProject,
  readLockEntry,
  readParams,
  stageStatus,
  type Pipeline,
} from '../dvc/index.js';

/** A stage of dvc.yaml, and whether its outs are those of what stands in the project now. */
export interface StageState {
  readonly stage: string;
  readonly state: 'up to date' | 'not run yet' | 'changed';
  /** What `reprise repro` would run it for. */
  readonly because: string;
}

/** In the pipeline's order. A stage below one that would run would run too, as `dvc status` does not say but `dvc repro` does. */
export async function stageStates(root: string): Promise<readonly StageState[]> {
  const { project, stages, upstream } = await pipelineOf(root);
  const states: StageState[] = [];
  const stale = new Set<string>();
  for (const stage of stages) {
    const changes = await stageStatus(project, stage, await readLockEntry(project, stage), readParams);
    const above = (upstream.get(stage.address) ?? []).filter((address) => stale.has(address));
    if (changes.length + above.length > 0) stale.add(stage.address);
    const state = changes.some(({ kind }) => kind === 'no-lock')
      ? 'not run yet'
      : stale.has(stage.address)
        ? 'changed'
        : 'up to date';
    const own =
      state === 'not run yet' ? [] : changes.map(({ kind, path, reason }) => path ?? `${kind} ${reason}`);
    states.push({ stage: stage.address, state, because: [...own, ...above].join(', ') });
  }
  return states;
}

/**
 * The stage that makes a file: the file is an out of it, or lies in one.
 *
 * @param file absolute
 */
export async function makerOf(root: string, file: string): Promise<string | undefined> {
  const { stages } = await pipelineOf(root);
  return stages.find(({ outs }) =>
    outs.some((out) => file === out.file || file.startsWith(`${out.file}${sep}`)),
  )?.address;
}

async function pipelineOf(root: string): Promise<Pipeline> {
  return loadPipeline(await openProject(root));
}
