import type { CommitLockInput, Plan, PlannedStage, Published } from '../types.js';

/** The run's one writer of what its stages made. */
export interface Ledger {
  /** Returns once the entry is where a killed run will find it again. */
  commit(stage: PlannedStage, entry: string): Promise<void>;
  /** What a stage has to be told of those before it, which may have run on another host. */
  inputsOf(stage: PlannedStage): Readonly<Record<string, string>> | undefined;
  /** Writes what is left. Undefined when nothing was to be published. */
  close(): Promise<Published | undefined>;
}

/** Entries of one dvc.yaml's stages, with what the writer needs to know of their order. */
export function lockEntries(
  plan: Plan,
  dvcfile: string,
  entries: Readonly<Record<string, string>>,
): Omit<CommitLockInput, 'workspace'> {
  const planned = plan.stages.filter((stage) => stage.dvcfile === dvcfile);
  return {
    dvcfile,
    entries,
    plannedOrder: planned.map((stage) => stage.name),
    added: planned.filter((stage) => !stage.locked).map((stage) => stage.name),
  };
}
