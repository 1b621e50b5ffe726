import { createHash } from 'node:crypto';
import type { LockEntry, ParamKey, ParamValue, Project, Stage } from '../../types.js';
import { isInside } from '../files/inside.js';
import { entryMapping } from '../lock/entry.js';
import { compareCodePoints } from '../python/compare.js';
import { pythonJson } from '../python/json.js';
import { entriesOf, isMapping, isSequence } from '../python/mapping.js';
import { describeInputs, type ParamsReader } from '../stage/inputs.js';

/**
 * DVC's run-cache key: SHA-256 over cmd, deps, params and the outs' paths. Equal keys mean equal inputs.
 *
 * @param entry its outs count by their paths only
 */
export function runKey(entry: LockEntry): string {
  const outs = (entry.outs ?? []).map(({ path }) => path).sort(compareCodePoints);
  return hashEntry(new Map([...entryMapping(entry), ['outs', outs]]));
}

/** DVC's name of a run-cache file: the same hash, with the outs' hashes. */
export function runValue(entry: LockEntry): string {
  return hashEntry(entryMapping(entry));
}

function hashEntry(mapping: ReadonlyMap<ParamKey, ParamValue>): string {
  return createHash('sha256')
    .update(pythonJson(withoutSizes(mapping)))
    .digest('hex');
}

/** Sizes do not count, at any depth: DVC leaves them out of params, too. */
function withoutSizes(value: ParamValue): ParamValue {
  if (value === null || typeof value !== 'object') return value;
  if (isSequence(value)) return value.map(withoutSizes);
  if (!isMapping(value)) return value;
  const kept = entriesOf(value).filter(([key]) => key !== 'size' && key !== 'nfiles');
  return new Map(kept.map(([key, item]) => [key, withoutSizes(item)]));
}

/**
 * Under which a stage's checkpoints are kept: its run key as of now, also for stages that DVC does not keep in the run cache.
 *
 * @throws DiagnosticError `missing-dep`, `missing-param`
 */
export async function checkpointKey(
  project: Project,
  stage: Stage,
  readParams: ParamsReader,
): Promise<string> {
  const inputs = await describeInputs(project, stage, readParams);
  return runKey(withPaths(inputs, stage));
}

/** Inputs, with the paths of the stage's outs. */
export function withPaths(inputs: LockEntry, stage: Stage): LockEntry {
  return { ...inputs, outs: stage.outs.map(({ path }) => ({ path })) };
}

/** Whether DVC keeps runs of such a stage at all. */
export function isRunCacheable(project: Project, stage: Stage, inputs: LockEntry): boolean {
  return (
    stage.cmd !== undefined &&
    stage.cmd.length > 0 &&
    !stage.alwaysChanged &&
    stage.deps.length + stage.params.length > 0 &&
    stage.outs.length > 0 &&
    (inputs.deps ?? []).every(({ md5 }) => md5 !== undefined) &&
    Object.values(inputs.params ?? {}).every((values) => Object.keys(values).length > 0) &&
    stage.outs.every((out) => !out.persist && isInside(project.root, out.file))
  );
}
