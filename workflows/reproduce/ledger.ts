import type { PlannedStage, Published } from '../types.js';

/** The run's one writer of what its stages made. */
export interface Ledger {
  /**
   * Returns once the entry is where a killed run will find it again.
   *
   * @param isAwaited false while it may wait a moment for others, which are then written with it; absent: somebody waits for it
   */
  commit(stage: PlannedStage, entry: string, isAwaited?: () => boolean): Promise<void>;
  /** What a stage has to be told of those before it, which may have run on another host. */
  inputsOf(stage: PlannedStage): Promise<Readonly<Record<string, string>> | undefined>;
  /** Whether dvc.lock has the stage by this run alone: it stands behind those that were there. */
  isAdded(stage: Pick<PlannedStage, 'address'>): boolean;
  /** Writes what is left. Undefined when nothing was to be published. */
  close(): Promise<Published | undefined>;
}
