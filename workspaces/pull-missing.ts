import { existsSync } from 'node:fs';
import {
  checkoutUsed,
  fetchOutputs,
  missingObjects,
  outputsAt,
  readLockEntries,
  usedOutputs,
  type Pipeline,
  type Project,
  type Stage,
  type UsedOutput,
} from '../dvc/index.js';
import { DiagnosticError } from '../diagnostics/index.js';
import { fetchImport } from './imports/update-import.js';

interface PullOptions {
  readonly pipeline: Pipeline;
  readonly stage: Stage;
  readonly signal?: AbortSignal;
}

/**
 * For `dvc repro --pull`: brings the outs of a stage whose inputs are as they were, from the cache or the remote. What a person
 * has changed stays.
 *
 * @returns whether all of them are here now
 */
export async function pullOutputs({ pipeline, stage, signal }: PullOptions): Promise<boolean> {
  const { project } = pipeline;
  const cached = stage.outs.filter(({ cache }) => cache).map((out) => ({ stage, out }));
  const { used, unknown } = await usedOutputs(project, cached);
  return unknown.length === 0 && (await bring(project, used, signal));
}

/** The same for what a stage reads and is not here: the outs of stages before it, and data of `.dvc` files. */
export async function pullInputs({ pipeline, stage, signal }: PullOptions): Promise<void> {
  const { project, stages } = pipeline;
  const missing = stage.deps.filter(({ file }) => !existsSync(file));
  if (missing.length === 0) return;
  const entryOf = await readLockEntries(project, stages);
  const tracked = missing.flatMap(({ file }) => outputsAt(file, stages, entryOf));
  const absent = tracked.filter(({ out }) => out.cache && !existsSync(out.file));
  await bring(project, [...new Map(absent.map((one) => [one.out.file, one])).values()], signal);
}

async function bring(project: Project, outs: readonly UsedOutput[], signal?: AbortSignal): Promise<boolean> {
  for (const { stage, out, locked } of outs) {
    // Of another repository: no remote of ours has it.
    if (stage.imports !== 'repository' || existsSync(out.file)) continue;
    if ((await missingObjects(project.config, locked.md5)).length > 0)
      await fetchImport(project, stage, signal);
  }
  const own = outs.filter(({ stage }) => stage.imports !== 'repository');
  await fetchOutputs({ project, outputs: own, signal }).catch(withoutRemote);
  const { failed } = await checkoutUsed(project, outs, { signal });
  return failed.length === 0;
}

/** The cache may have it all. */
function withoutRemote(error: unknown): void {
  if (!(error instanceof DiagnosticError && error.code === 'no-remote')) throw error;
}
