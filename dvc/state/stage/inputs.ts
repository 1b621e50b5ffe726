import { existsSync } from 'node:fs';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { LockEntry, LockedFile, ParamValue, ParamsDependency, Project, Stage } from '../../types.js';
import { describeFile, findLocked } from './files.js';

type ParamValues = Readonly<Record<string, ParamValue>>;

/**
 * Values of the params that a stage reads from one file, by their dotted keys. What is missing is left out; everything is, when
 * there is no such file.
 */
export type ParamsReader = (params: ParamsDependency) => ParamValues | Promise<ParamValues>;

/**
 * What a stage would run on: its command, deps and params, as dvc.lock states them.
 *
 * @throws DiagnosticError `missing-dep`, `missing-param`
 */
export async function describeInputs(
  project: Project,
  stage: Stage,
  readParams: ParamsReader,
  locked?: LockEntry,
): Promise<LockEntry> {
  const deps: LockedFile[] = [];
  for (const dep of stage.deps) {
    const described = await describeFile(project, dep.path, dep.file, findLocked(locked?.deps, dep.path));
    if (!described) {
      throw new DiagnosticError('missing-dep', {
        message: `${stage.address} depends on ${dep.path}, which does not exist`,
        at: dep.at,
        fix: `create ${dep.path}, fetch it (dvc pull), or correct the path`,
      });
    }
    deps.push(described.record);
  }
  const params: Record<string, ParamValues> = {};
  for (const source of stage.params) params[source.path] = await presentParams(stage, source, readParams);
  return {
    cmd: stage.cmd ?? '',
    ...(deps.length > 0 && { deps }),
    ...(stage.params.length > 0 && { params }),
  };
}

async function presentParams(
  stage: Stage,
  source: ParamsDependency,
  readParams: ParamsReader,
): Promise<ParamValues> {
  const values = await readParams(source);
  if (!existsSync(source.file)) {
    throw new DiagnosticError('missing-dep', {
      message: `${stage.address} reads params from ${source.path}, which does not exist`,
      at: source.at,
      fix: `create ${source.path}, or correct the path`,
    });
  }
  const missing = source.keys?.find((key) => !Object.hasOwn(values, key));
  if (missing !== undefined) {
    throw new DiagnosticError('missing-param', {
      message: `${stage.address} reads ${missing}, which ${source.path} does not have`,
      at: source.at,
      fix: `add ${missing} to ${source.path}, or remove it from the stage`,
    });
  }
  return values;
}
