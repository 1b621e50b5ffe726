import {
  fetchTree,
  hasObject,
  hasRemoteObject,
  readLockEntries,
  readTree,
  trackedFiles,
  type LockEntry,
  type Md5,
  type Pipeline,
  type Remote,
  type Stage,
  type TrackedFiles,
} from '../dvc/index.js';
import { openRemoteIfAny } from '../workspaces/index.js';
import type { PlannedStage, Workspace } from '../workflows/index.js';

/** What a checkout whose data was not fetched yet would hold. */
export interface AbsentState {
  readonly files: TrackedFiles;
  readonly remote: Remote | undefined;
  entryOf(stage: Stage): LockEntry | undefined;
  /** Whether the data of an out can be had: from this host's cache, or from the remote. */
  isKept(md5: Md5): Promise<boolean>;
}

/** @param made what the run has made since, by address, over what dvc.lock says */
export async function absentState(
  pipeline: Pipeline,
  workspace: Workspace,
  made: ReadonlyMap<string, LockEntry> = new Map(),
): Promise<AbsentState> {
  const { project } = pipeline;
  const remote = await openRemoteIfAny(project, workspace.kind === 'git' ? workspace.remote : undefined);
  const locked = await readLockEntries(project, pipeline.stages);
  const entryOf = (stage: Stage): LockEntry | undefined => made.get(stage.address) ?? locked(stage);
  return {
    remote,
    entryOf,
    files: trackedFiles(pipeline.stages, entryOf, async (md5) => {
      if (remote) await fetchTree(project, remote, md5);
      return await readTree(project.config, md5);
    }),
    async isKept(md5) {
      return (await hasObject(project.config, md5)) || (remote ? await hasRemoteObject(remote, md5) : false);
    },
  };
}

/**
 * A stage that is up to date and whose data is lost has to be run again when something that will run reads it: dvc.lock may
 * have been committed, and the data never pushed.
 */
export async function withoutLost(
  planned: readonly PlannedStage[],
  stages: readonly Stage[],
  state: AbsentState,
): Promise<PlannedStage[]> {
  const byAddress = new Map(stages.map((stage) => [stage.address, stage]));
  const rerun = new Set(planned.filter((stage) => !stage.upToDate).map((stage) => stage.address));
  // From the end: a stage that is found to be lost needs those before it in turn.
  for (const { address, upstream } of [...planned].reverse()) {
    if (!rerun.has(address)) continue;
    for (const before of upstream) {
      const stage = byAddress.get(before);
      if (rerun.has(before) || !stage || stage.cmd === undefined || stage.frozen) continue;
      const outs = (state.entryOf(stage)?.outs ?? []).flatMap(({ md5 }) => (md5 === undefined ? [] : [md5]));
      const kept = await Promise.all(outs.map((md5) => state.isKept(md5)));
      if (kept.includes(false)) rerun.add(before);
    }
  }
  // What comes after it is looked at again, too: it may come out otherwise.
  for (const { address, upstream } of planned)
    if (upstream.some((before) => rerun.has(before))) rerun.add(address);
  return planned.map((stage) => (rerun.has(stage.address) ? { ...stage, upToDate: false } : stage));
}
