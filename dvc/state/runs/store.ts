import { readFile, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LockEntry, Project, ProjectConfig, Stage } from '../../types.js';
import { checkoutObject, hashNameOf } from '../cache/checkout.js';
import { addToCache, missingObjects } from '../cache/objects.js';
import { makeFolder } from '../cache/make-folder.js';
import { fileMode } from '../cache/paths.js';
import { writeBeside } from '../files/write-beside.js';
import { formatLockEntry, parseLockEntry } from '../lock/entry.js';
import { describeFile, findLocked } from '../stage/files.js';
import { describeInputs, type ParamsReader } from '../stage/inputs.js';
import { saveOutputs, type SaveOptions } from '../stage/outputs.js';
import { paramChanges, sameCommand } from '../stage/status.js';
import { isRunCacheable, runKey, runValue, withPaths } from './key.js';

function runFolder(config: ProjectConfig, key: string): string {
  return join(config.cacheDir, 'runs', key.slice(0, 2), key);
}

/**
 * Keeps a run, so that the same inputs need not run again. DVC's conditions hold: see {@link isRunCacheable}; and no out is
 * `cache: false`, but for metrics and plots, which are put into the cache for this.
 *
 * @returns whether it was kept
 */
export async function saveRun(project: Project, stage: Stage, entry: LockEntry): Promise<boolean> {
  if (!isRunCacheable(project, stage, entry)) return false;
  if (stage.outs.some((out) => !out.cache && out.kind === 'out')) return false;
  // What git may track must not be linked to the cache.
  const asCopies: ProjectConfig = { ...project.config, cacheTypes: ['copy'] };
  for (const out of stage.outs.filter(({ cache }) => !cache)) {
    const described = await describeFile(project, out.path, out.file, findLocked(entry.outs, out.path));
    if (described) await addToCache(asCopies, described.hashed, described.name);
  }
  const path = join(runFolder(project.config, runKey(entry)), runValue(entry));
  if (await readRun(path)) return true;
  await makeFolder(project.config, dirname(path));
  // Of one that is cut off, DVC and we take nothing: the stage would run again.
  await writeBeside(path, formatLockEntry(entry), { mode: fileMode(project.config), isCache: true });
  return true;
}

/** A run-cache file that cannot be read is removed, as DVC does: the stage runs again. */
async function readRun(path: string): Promise<LockEntry | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return parseLockEntry(text, path);
  } catch {
    await rm(path, { force: true });
    return undefined;
  }
}

export interface RestoreOptions extends SaveOptions {
  readonly runCache?: boolean;
}

/**
 * Brings back the outs of an earlier run on the same inputs: what dvc.lock itself says when only the outs differ, else the
 * newest run of that key. Nothing is touched unless the cache has all of it.
 *
 * @param options `runCache: false`: only what dvc.lock says counts; `commit` as {@link saveOutputs} has it
 * @returns the stage's entry, or undefined when it must run
 * @throws DiagnosticError `missing-dep`, `missing-param`, `disk-full`
 */
export async function restoreRun(
  project: Project,
  stage: Stage,
  readParams: ParamsReader,
  locked?: LockEntry,
  { runCache = true, ...options }: RestoreOptions = {},
): Promise<LockEntry | undefined> {
  // DVC takes the outs of a frozen stage as they are.
  if (stage.frozen) return undefined;
  const inputs = await describeInputs(project, stage, readParams, locked);
  if (!isRunCacheable(project, stage, inputs)) return undefined;
  const entry =
    locked && (await onlyOutsDiffer(stage, inputs, locked, readParams))
      ? locked
      : runCache
        ? await newestRun(project.config, runKey(withPaths(inputs, stage)))
        : undefined;
  if (!entry) return undefined;
  for (const out of stage.outs) {
    const known = findLocked(entry.outs, out.path);
    if (!known?.md5) return undefined;
    if ((await missingObjects(project.config, known.md5, hashNameOf(known))).length > 0) return undefined;
  }
  for (const out of stage.outs) {
    const known = findLocked(entry.outs, out.path);
    if (known?.md5)
      await checkoutObject(
        project,
        out.file,
        { ...known, md5: known.md5 },
        out.at,
        out.cache ? undefined : ['copy'],
      );
  }
  return saveOutputs(project, stage, readParams, entry, options);
}

async function onlyOutsDiffer(
  stage: Stage,
  inputs: LockEntry,
  locked: LockEntry,
  readParams: ParamsReader,
): Promise<boolean> {
  const sameDeps = (inputs.deps ?? []).every((dep) => {
    const known = findLocked(locked.deps, dep.path);
    return known?.md5 === dep.md5 && known?.hash === dep.hash;
  });
  const hasOuts = stage.outs.every((out) => findLocked(locked.outs, out.path)?.md5 !== undefined);
  return (
    sameDeps &&
    hasOuts &&
    sameCommand(inputs.cmd, locked.cmd) &&
    (await paramChanges(stage, locked, readParams)).length === 0
  );
}

async function newestRun(config: ProjectConfig, key: string): Promise<LockEntry | undefined> {
  const folder = runFolder(config, key);
  const names = await readdir(folder).catch(() => []);
  const dated = await Promise.all(
    names
      .filter((name) => /^[0-9a-f]{64}$/.test(name))
      .map(async (name) => ({ path: join(folder, name), time: (await stat(join(folder, name))).mtimeMs })),
  );
  const [newest] = dated.sort((a, b) => b.time - a.time);
  return newest && readRun(newest.path);
}
