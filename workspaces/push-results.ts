import {
  addToCache,
  hashPath,
  pushObjects,
  pushRun,
  type LockEntry,
  type Project,
  type ProjectConfig,
  type Remote,
  type Stage,
} from '../dvc/index.js';

export interface ResultsOptions {
  readonly project: Project;
  readonly stage: Stage;
  readonly entry: LockEntry;
  /** The run cache has it. */
  readonly isRun: boolean;
  readonly remote: Remote | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Stores what a stage made where other hosts find it: all of its outs in the cache, also those with `cache: false` (which git
 * gets only at the end), and then in the remote, with the record of the run.
 *
 * @throws DiagnosticError of the remote
 */
export async function pushResults(options: ResultsOptions): Promise<void> {
  const { project, stage, entry, isRun, remote, signal } = options;
  // What git may track must not be linked to the cache.
  const asCopies: ProjectConfig = { ...project.config, cacheTypes: ['copy'] };
  for (const out of stage.outs.filter(({ cache }) => !cache)) {
    const hashed = await hashPath(project, out.file);
    if (hashed) await addToCache(asCopies, hashed);
  }
  if (!remote) return;
  const hashes = (entry.outs ?? []).flatMap(({ md5 }) => (md5 === undefined ? [] : [md5]));
  const { failed } = await pushObjects({ project, remote, hashes, signal });
  const lost = failed[0] ?? (isRun ? (await pushRun(project, remote, entry, { signal }))[0] : undefined);
  if (lost) throw lost.error;
}
