import { lstat } from 'node:fs/promises';
import {
  checkoutObject,
  fetchObjects,
  outputsAt,
  type LockEntry,
  type Pipeline,
  type Project,
  type Remote,
  type Stage,
  type TrackedOutput,
} from '../dvc/index.js';

export interface InputsOptions {
  readonly project: Project;
  readonly pipeline: Pipeline;
  readonly stage: Stage;
  /** What this run made of a stage, or else what dvc.lock says of it. */
  entryOf(stage: Stage): LockEntry | undefined;
  /** True for stages whose outs this run made, here or on another host. */
  isMade(stage: Stage): boolean;
  readonly remote: Remote | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Brings what a stage reads into a private checkout: the outs of the stages before it, from the cache of this host or the
 * remote. Also its own outs that persist, which its command goes on from.
 *
 * @throws DiagnosticError `cache-missing` for what neither has, and those of the remote
 */
export function fetchInputs(options: InputsOptions): Promise<void> {
  const { root } = options.project;
  const done = (fetching.get(root) ?? Promise.resolve()).then(() => fetchNow(options));
  fetching.set(
    root,
    done.catch(() => undefined),
  );
  return done;
}

/** Stages that begin side by side may read the same folder: one at a time checks out in a workspace. */
const fetching = new Map<string, Promise<void>>();

async function fetchNow(options: InputsOptions): Promise<void> {
  const { project, pipeline, stage, entryOf, isMade, remote, signal } = options;
  const deps = stage.deps.flatMap((dep) => outputsAt(dep.file, pipeline.stages, entryOf));
  const own = outputsAt(project.root, [stage], entryOf).filter(({ out }) => out.persist);
  const wanted = [...new Map([...deps, ...own].map((tracked) => [tracked.out.file, tracked])).values()];
  const needed: TrackedOutput[] = [];
  for (const tracked of wanted) if (await isNeeded(tracked, isMade)) needed.push(tracked);
  if (remote && needed.length > 0) {
    const hashes = needed.map(({ locked }) => locked.md5);
    const { failed } = await fetchObjects({ project, remote, hashes, signal });
    if (failed[0]) throw failed[0].error;
  }
  for (const { out, locked } of needed)
    await checkoutObject(project, out.file, locked, out.at, out.cache ? undefined : ['copy']);
}

/** What git tracks is there already, unless another host has made it anew. */
async function isNeeded({ out, stage }: TrackedOutput, isMade: (stage: Stage) => boolean): Promise<boolean> {
  if (out.cache || isMade(stage)) return true;
  return (await lstat(out.file).catch(() => undefined)) === undefined;
}
