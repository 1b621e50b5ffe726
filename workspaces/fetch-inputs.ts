import { lstat } from 'node:fs/promises';
import {
  checkoutObject,
  hasRemoteObject,
  missingObjects,
  outputsAt,
  type LockEntry,
  type Pipeline,
  type Project,
  type Remote,
  type Stage,
  type TrackedOutput,
} from '../dvc/index.js';
import { bringObjects } from './bring-objects.js';
import { fetchImport } from './imports/update-import.js';

interface FetchOptions {
  readonly project: Project;
  readonly pipeline: Pipeline;
  /** What this run made of a stage, or else what dvc.lock says of it. */
  entryOf(stage: Stage): LockEntry | undefined;
  /** True for stages whose outs this run made, here or on another host. */
  isMade(stage: Stage): boolean;
  readonly remote: Remote | undefined;
  readonly signal?: AbortSignal;
}

export interface InputsOptions extends FetchOptions {
  readonly stage: Stage;
}

export interface PathsOptions extends FetchOptions {
  /** Absolute paths: outs, what lies in outs, or folders of outs. */
  readonly paths: readonly string[];
}

/**
 * Brings what a stage reads into a private checkout: the outs of the stages before it, from the cache of this host or the
 * remote. Also its own outs that persist, which its command goes on from.
 *
 * @throws DiagnosticError `cache-missing` for what neither has, and those of the remote
 */
export function fetchInputs(options: InputsOptions): Promise<void> {
  const { project, pipeline, stage, entryOf } = options;
  const deps = stage.deps.flatMap((dep) => outputsAt(dep.file, pipeline.stages, entryOf));
  const own = outputsAt(project.root, [stage], entryOf).filter(({ out }) => out.persist);
  return bring(options, [...deps, ...own]);
}

/**
 * Brings outs into a private checkout. What no stage makes is git's, and there already.
 *
 * @throws DiagnosticError as {@link fetchInputs}
 */
export function fetchPaths(options: PathsOptions): Promise<void> {
  const { pipeline, paths, entryOf } = options;
  return bring(
    options,
    paths.flatMap((path) => outputsAt(path, pipeline.stages, entryOf)),
  );
}

/** Stages that begin side by side may read the same folder: one at a time checks out in a workspace. */
function bring(options: FetchOptions, tracked: readonly TrackedOutput[]): Promise<void> {
  const { root } = options.project;
  const done = (fetching.get(root) ?? Promise.resolve()).then(() => bringNow(options, tracked));
  const last = done
    .catch(() => undefined)
    .then(() => {
      if (fetching.get(root) === last) fetching.delete(root);
    });
  fetching.set(root, last);
  return done;
}

const fetching = new Map<string, Promise<void>>();

async function bringNow(
  { project, isMade, remote, signal }: FetchOptions,
  tracked: readonly TrackedOutput[],
): Promise<void> {
  const wanted = [...new Map(tracked.map((one) => [one.out.file, one])).values()];
  const needed: TrackedOutput[] = [];
  for (const one of wanted) if (await isNeeded(one, isMade)) needed.push(one);
  await bringImports(project, needed, remote, signal);
  if (remote && needed.length > 0) {
    const hashes = needed.map(({ locked }) => locked.md5);
    await bringObjects({ project, remote, hashes, signal });
  }
  for (const { out, locked } of needed)
    await checkoutObject(project, out.file, locked, out.at, out.cache ? undefined : ['copy']);
}

/** What comes from another repository is in no remote of this project, unless a run here has pushed it. */
async function bringImports(
  project: Project,
  needed: readonly TrackedOutput[],
  remote: Remote | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const { stage, locked } of needed) {
    if (stage.imports !== 'repository') continue;
    if ((await missingObjects(project.config, locked.md5)).length === 0) continue;
    if (remote && (await hasRemoteObject(remote, locked.md5))) continue;
    await fetchImport(project, stage, signal);
  }
}

/** What git tracks is there already, unless another host has made it anew. */
async function isNeeded({ out, stage }: TrackedOutput, isMade: (stage: Stage) => boolean): Promise<boolean> {
  if (out.cache || isMade(stage)) return true;
  return (await lstat(out.file).catch(() => undefined)) === undefined;
}
