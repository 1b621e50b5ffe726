import {
  loadPipeline,
  readLockEntry,
  readTree,
  trackedFiles,
  type LockEntry,
  type Pipeline,
  type Project,
  type Stage,
  type TrackedFiles,
} from '../../dvc/index.js';

/** A pipeline, and what is known of its outs. */
export interface KnownPipeline {
  readonly pipeline: Pipeline;
  /** What dvc.lock says of a stage. */
  entryOf(stage: Stage): LockEntry | undefined;
  readonly files: TrackedFiles;
}

/** Of a project whose data is in its cache. @throws DiagnosticError of `loadPipeline` and of dvc.lock */
export async function knownPipeline(project: Project): Promise<KnownPipeline> {
  const pipeline = await loadPipeline(project);
  const locked = new Map<string, LockEntry>();
  for (const stage of pipeline.stages) {
    const entry = await readLockEntry(project, stage);
    if (entry) locked.set(stage.address, entry);
  }
  const entryOf = (stage: Stage): LockEntry | undefined => locked.get(stage.address);
  const files = trackedFiles(pipeline.stages, entryOf, (md5) => readTree(project.config, md5));
  return { pipeline, entryOf, files };
}
