import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  experimentHash,
  loadPipeline,
  openProject,
  readLockEntry,
  type LockEntry,
  type Pipeline,
} from '../dvc/index.js';
import { shareCache, workspacesFolder } from './checkout-folder.js';
import { commitFiles } from './git/commit-files.js';
import { fetchCommit, fetchObjectsOf } from './git/fetch-commit.js';
import { runGit } from './git/run-git.js';

export interface ExperimentOptions<T> {
  readonly served: string;
  readonly url: string;
  /** Of the DVC project in the repository. */
  readonly path: string;
  /** Whose files the experiment has. */
  readonly commit: string;
  /** What it is an experiment on. */
  readonly baseline: string;
  readonly name: string;
  /** Milliseconds since the epoch: its time, so that doing it again makes the same. */
  readonly at: number;
  /** Looks at the experiment's project before anything is kept. */
  read(pipeline: Pipeline): Promise<T>;
  readonly signal?: AbortSignal;
}

/**
 * Keeps the files of a commit as an experiment of DVC's in the repository: a commit on the baseline under `refs/exps/`, which `dvc exp
 * list` and `dvc exp pull` find there.
 *
 * @throws DiagnosticError `git-failed`, and what `read` throws
 */
export async function keepExperiment<T>(
  options: ExperimentOptions<T>,
): Promise<{ readonly commit: string; readonly read: T }> {
  const { served, url, path, baseline, name, at, signal } = options;
  const folder = join(workspacesFolder(served), `.${randomBytes(8).toString('hex')}`);
  const git = (...args: string[]) => runGit(args, { cwd: folder, signal });
  try {
    await fetchCommit(url, options.commit, folder, signal);
    const root = join(folder, path);
    await shareCache(served, root);
    const pipeline = await loadPipeline(await openProject(root));
    const read = await options.read(pipeline);
    await fetchObjectsOf(baseline, git);
    const message = `dvc: commit experiment ${await hashOf(pipeline)}`;
    const commit = await commitFiles({ folder, files: [], message, parents: [baseline], at });
    const ref = `refs/exps/${baseline.slice(0, 2)}/${baseline.slice(2)}/${name}`;
    await git('push', '--quiet', 'origin', `${commit}:${ref}`);
    return { commit: commit as string, read };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether the repository has experiments on this commit whose names begin so. */
export async function hasExperiments(url: string, baseline: string, prefix: string): Promise<boolean> {
  const refs = `refs/exps/${baseline.slice(0, 2)}/${baseline.slice(2)}/${prefix}*`;
  return (await runGit(['ls-remote', '--quiet', '--', url, refs], { cwd: tmpdir() })).trim() !== '';
}

async function hashOf({ project, stages }: Pipeline): Promise<string> {
  const entries = new Map<string, LockEntry>();
  for (const stage of stages.filter(({ cmd }) => cmd !== undefined)) {
    const entry = await readLockEntry(project, stage);
    if (entry) entries.set(stage.name, entry);
  }
  return experimentHash(entries);
}
