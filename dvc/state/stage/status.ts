import { existsSync, lstatSync, type Stats } from 'node:fs';
import { dvcIgnore, type IgnoreTree } from '../../project/index.js';
import type { LockEntry, LockedFile, Output, Project, Stage, StageChange } from '../../types.js';
import { hashNameOf } from '../cache/checkout.js';
import { missingObjects } from '../cache/objects.js';
import { hashPath } from '../hashing/hash-path.js';
import { pythonEquals } from '../python/equals.js';
import { findLocked } from './files.js';
import type { ParamsReader } from './inputs.js';
import type { TrackedFiles } from './tracked-files.js';

/**
 * Why `dvc repro` would run the stage; empty when it is up to date. An out that is there but not in the cache is a reason too.
 *
 * @param locked what dvc.lock (or the `.dvc` file) says of it
 * @param absent answers for deps that are not in the workspace; then outs need not be there either, nor in the cache
 */
export async function stageStatus(
  project: Project,
  stage: Stage,
  locked: LockEntry | undefined,
  readParams: ParamsReader,
  absent?: TrackedFiles,
): Promise<readonly StageChange[]> {
  const changes: StageChange[] = [];
  if (locked && stage.cmd !== undefined && !sameCommand(stage.cmd, locked.cmd))
    changes.push({ kind: 'cmd', reason: 'modified' });
  if (!stage.frozen) {
    if (stage.cmd !== undefined && stage.deps.length + stage.params.length + stage.outs.length === 0)
      changes.push({ kind: 'no-deps', reason: 'changed' });
    if (stage.alwaysChanged) changes.push({ kind: 'always-changed', reason: 'changed' });
    for (const dep of stage.deps) {
      const reason = await fileChange(project, dep.file, findLocked(locked?.deps, dep.path), absent);
      if (reason) changes.push({ kind: 'dep', path: dep.path, reason });
    }
    changes.push(...(await paramChanges(stage, locked, readParams)));
  }
  const ignore = dvcIgnore(project.root, { intoOtherProjects: true });
  for (const out of stage.outs) {
    const reason = await outputChange(project, out, findLocked(locked?.outs, out.path), ignore, absent);
    if (reason) changes.push({ kind: 'out', path: out.path, reason });
  }
  if (!locked && changes.length > 0) changes.unshift({ kind: 'no-lock', reason: 'new' });
  return changes;
}

export function sameCommand(a: string | readonly string[], b: string | readonly string[]): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return a.length === b.length && a.every((line, i) => line === b[i]);
}

async function outputChange(
  project: Project,
  out: Output,
  locked: LockedFile | undefined,
  ignore: IgnoreTree,
  absent: TrackedFiles | undefined,
): Promise<StageChange['reason'] | undefined> {
  if (absent && (locked?.md5 || absent.trusts) && !lookAt(out.file)) return undefined;
  if (locked?.md5 && out.cache && (!absent || absent.trusts)) {
    const missing = await missingObjects(project.config, locked.md5, hashNameOf(locked));
    if (missing.length > 0) return absent ? undefined : 'not-in-cache';
  }
  const info = lookAt(out.file);
  if (!info || ignore.isIgnored(out.file, info.isDirectory())) return 'deleted';
  return fileChange(project, out.file, locked);
}

/** The path itself, not what a link points to. Undefined where nothing can be seen. */
function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

async function fileChange(
  project: Project,
  file: string,
  locked: LockedFile | undefined,
  absent?: TrackedFiles,
): Promise<StageChange['reason'] | undefined> {
  const hashed = await hashPath(project, file, locked ? hashNameOf(locked) : 'md5');
  const md5 = hashed?.md5 ?? (await absent?.md5Of(file));
  if (md5 === undefined) return absent?.trusts ? undefined : 'deleted';
  if (!locked?.md5) return 'new';
  return md5 === locked.md5 ? undefined : 'modified';
}

export async function paramChanges(
  stage: Stage,
  locked: LockEntry | undefined,
  readParams: ParamsReader,
): Promise<StageChange[]> {
  const changes: StageChange[] = [];
  for (const source of stage.params) {
    const actual = await readParams(source);
    const known = locked?.params?.[source.path];
    const exists = existsSync(source.file);
    if (!exists || !known) {
      changes.push({ kind: 'param', path: source.path, reason: exists ? 'new' : 'deleted' });
      continue;
    }
    for (const key of source.keys ?? new Set([...Object.keys(actual), ...Object.keys(known)])) {
      const value = Object.hasOwn(actual, key) ? actual[key] : undefined;
      const before = Object.hasOwn(known, key) ? known[key] : undefined;
      const path = `${source.path}:${key}`;
      if (value === undefined) changes.push({ kind: 'param', path, reason: 'deleted' });
      else if (before === undefined) changes.push({ kind: 'param', path, reason: 'new' });
      else if (!pythonEquals(value, before)) changes.push({ kind: 'param', path, reason: 'modified' });
    }
  }
  return changes;
}
