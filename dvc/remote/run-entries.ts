import { chmod, readFile, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LocalStore, type ObjectStore } from '../../storage/index.js';
import {
  beside,
  fileMode,
  makeFolder,
  mapConcurrently,
  parseLockEntry,
  runKey,
  runValue,
} from '../state/index.js';
import type { LockEntry, Project } from '../types.js';
import type { Remote } from './open-remote.js';

export interface RunsOptions {
  readonly jobs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Keys under `runs/` look so: `runs/<key[:2]>/<key>/<value>`. */
const RUN = /^runs\/([0-9a-f]{2})\/(\1[0-9a-f]{62})\/[0-9a-f]{64}$/;

/**
 * Copies the records of the run cache to the remote, as `dvc push --run-cache`; those that it has stay. The objects that they
 * speak of are another matter.
 *
 * @returns how many crossed
 */
export async function pushRuns(project: Project, remote: Remote, options: RunsOptions = {}): Promise<number> {
  const here = new LocalStore(project.config.cacheDir);
  const missing = await missingRuns(here, remote.store, 'runs/');
  const put = async (key: string) => {
    options.signal?.throwIfAborted();
    await remote.store.put(key, { file: join(project.config.cacheDir, key) }, { signal: options.signal });
  };
  await mapConcurrently(missing, put, options.jobs ?? remote.jobs);
  return missing.length;
}

/**
 * Copies the records of the remote's run cache here, as `dvc fetch --run-cache`.
 *
 * @returns how many crossed
 */
export async function fetchRuns(
  project: Project,
  remote: Remote,
  options: RunsOptions = {},
): Promise<number> {
  return (await fetchRunsBelow(project, remote, 'runs/', options)).length;
}

/** @returns the keys of what crossed */
export async function fetchRunsBelow(
  project: Project,
  remote: Remote,
  prefix: string,
  { jobs, signal }: RunsOptions,
): Promise<readonly string[]> {
  const here = new LocalStore(project.config.cacheDir);
  const missing = await missingRuns(remote.store, here, prefix);
  const get = async (key: string): Promise<string[]> => {
    signal?.throwIfAborted();
    const file = join(project.config.cacheDir, key);
    await makeFolder(project.config, dirname(file));
    const temporary = beside(file);
    try {
      await remote.store.download(key, temporary, { signal });
      if (!(await isRun(temporary, key))) return [];
      await chmod(temporary, fileMode(project.config));
      await rename(temporary, file);
      return [key];
    } finally {
      await rm(temporary, { force: true });
    }
  };
  return (await mapConcurrently(missing, get, jobs ?? remote.jobs)).flat();
}

/** The runs of one key that the cache has, in no particular order. */
export async function cachedRuns(project: Project, key: string): Promise<LockEntry[]> {
  const folder = join(project.config.cacheDir, runsPrefix(key));
  const names = await readdir(folder).catch(() => []);
  const entries = await mapConcurrently(names, (name) => readRun(join(folder, name)));
  return entries.filter((entry) => entry !== undefined);
}

export function runsPrefix(key: string): string {
  return `runs/${key.slice(0, 2)}/${key}/`;
}

async function missingRuns(from: ObjectStore, to: ObjectStore, prefix: string): Promise<string[]> {
  const there = new Set<string>();
  for await (const { key } of to.list(prefix)) there.add(key);
  const missing: string[] = [];
  for await (const { key } of from.list(prefix)) if (RUN.test(key) && !there.has(key)) missing.push(key);
  return missing;
}

/** A record whose name is not that of its content was damaged, or made by somebody who wants another stage's outs restored. */
async function isRun(file: string, key: string): Promise<boolean> {
  const entry = await readRun(file);
  return entry !== undefined && runKey(entry) === basename(dirname(key)) && runValue(entry) === basename(key);
}

async function readRun(file: string): Promise<LockEntry | undefined> {
  try {
    return parseLockEntry(await readFile(file, 'utf8'), file);
  } catch {
    return undefined;
  }
}
